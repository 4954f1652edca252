-- Remembers and announces deleted images, once for each project.
CREATE OR REPLACE FUNCTION scene_sync.images_deleted()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET trace_notify = off
AS $$
BEGIN
    PERFORM scene_sync.announce_images(
        'delete',
        image.content_creation_request_id,
        count(*),
        array_agg(image.scene_index) FILTER (WHERE image.scene_index IS NOT NULL),
        array_agg(image.image_index) FILTER (WHERE image.scene_index IS NOT NULL),
        array_agg(DISTINCT image.scene_index) FILTER (WHERE image.scene_index IS NOT NULL)
    )
    FROM old_rows AS image
    WHERE image.content_creation_request_id IS NOT NULL
    GROUP BY image.content_creation_request_id;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.images_deleted() FROM PUBLIC;
