-- Remembers which scenes images have left, where their table has partitions: triggers for each row are told of an image
-- that goes to another partition as deleted there and inserted here, and not that it was updated.
CREATE OR REPLACE FUNCTION scene_sync.record_departed_images()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    number bigint := nextval('scene_sync.change_number');
BEGIN
    INSERT INTO scene_sync.deletions (project, scene, xid, n)
    SELECT DISTINCT
        request.id,
        departed.scene_index,
        pg_current_xact_id(),
        number
    FROM old_rows AS departed
    JOIN public.content_creation_requests AS request ON request.id = departed.content_creation_request_id
    WHERE departed.scene_index IS NOT NULL
        AND NOT EXISTS (
            SELECT
            FROM new_rows AS image
            WHERE image.id = departed.id
                AND image.content_creation_request_id = departed.content_creation_request_id
                AND image.scene_index = departed.scene_index
        );
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.record_departed_images() FROM PUBLIC;
