-- Announces inserted images, once for each project.
CREATE OR REPLACE FUNCTION scene_sync.announce_inserted_images()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    busy boolean := pg_try_advisory_xact_lock_shared(1397971278, 2);
BEGIN
    PERFORM scene_sync.announce(
        busy,
        'insert',
        image.content_creation_request_id,
        count(*),
        coalesce(array_agg(image.scene_index) FILTER (WHERE image.scene_index IS NOT NULL), '{}'),
        array_agg(image.image_index) FILTER (WHERE image.scene_index IS NOT NULL)
    )
    FROM new_rows AS image
    WHERE image.content_creation_request_id IS NOT NULL
    GROUP BY image.content_creation_request_id;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_inserted_images() FROM PUBLIC;
