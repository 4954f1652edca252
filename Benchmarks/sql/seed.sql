-- The same start for every run: projects with a document of 20 scenes (about 5 KB), and so many images a scene.
TRUNCATE generated_images, content_creation_requests;

INSERT INTO content_creation_requests (id, generated_output)
SELECT
    bench.project_id(project),
    jsonb_build_object(
        'title', 'The lighthouse keeper, part ' || project,
        'style', 'watercolour, muted palette',
        'scenes', (
            SELECT jsonb_agg(
                jsonb_build_object(
                    'index', scene,
                    'title', 'Scene ' || scene,
                    'duration', 4.5,
                    'narration', 'Nobody had climbed the stairs since winter; the lamp was cold. ' || md5(scene::text),
                    'prompt', 'wide shot of a lighthouse at dawn, soft light, seed ' || md5(project || ':' || scene),
                    'imageUrls', '[]'::jsonb
                )
                ORDER BY scene
            )
            FROM generate_series(1, 20) AS scene
        )
    )
FROM generate_series(0, :projects - 1) AS project;

INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
SELECT
    image.project,
    image.scene,
    image.place,
    bench.image_url(image.project, image.scene, image.number)
FROM (
    SELECT
        bench.project_id(project) AS project,
        scene,
        place,
        nextval('bench.image_number')::integer AS number
    FROM generate_series(0, :projects - 1) AS project,
        generate_series(1, 20) AS scene,
        generate_series(0, :images - 1) AS place
) AS image;

VACUUM ANALYZE;
CHECKPOINT;
