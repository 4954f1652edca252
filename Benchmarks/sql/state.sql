-- What every subscriber has to know in the end: the URLs of each scene that is in a document, in their order.
SELECT image.content_creation_request_id || ' ' || image.scene_index || ' '
    || jsonb_agg(image.image_url ORDER BY image.image_index)
FROM generated_images AS image
WHERE image.scene_index BETWEEN 1 AND 20
GROUP BY image.content_creation_request_id, image.scene_index;
