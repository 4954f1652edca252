-- Remembers which scenes images were deleted from. A project that is gone takes its memories with it: this
-- is then the cascade of its deletion.
CREATE OR REPLACE FUNCTION scene_sync.record_deleted_images()
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
        image.scene_index,
        pg_current_xact_id(),
        number
    FROM old_rows AS image
    JOIN public.content_creation_requests AS request ON request.id = image.content_creation_request_id
    WHERE image.scene_index IS NOT NULL;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.record_deleted_images() FROM PUBLIC;
