\set project random(0, :projects - 1)
\set scene random(1, 20)
INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
SELECT image.project, image.scene, image.number, bench.image_url(image.project, image.scene, image.number)
FROM (
    SELECT
        bench.project_id(:project) AS project,
        :scene::integer AS scene,
        nextval('bench.image_number')::integer AS number
    FROM generate_series(1, 10)
) AS image;
