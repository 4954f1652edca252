-- The images that are in the database: the place of the project among those of the run, and the image's number.
SELECT project.place || ' ' || substring(image.image_url FROM 'n=(\d+)$')
FROM generate_series(0, :projects - 1) AS project(place)
JOIN generated_images AS image ON image.content_creation_request_id = bench.project_id(project.place);
