-- Remembers which scenes images were deleted from. A project that is gone takes its memories with it: this
-- is then the cascade of its deletion.
--
-- At SERIALIZABLE a look at the project would fail writers who change its document meanwhile. It is looked at there
-- only if a project has gone in this transaction: its triggers come before those of the images that it takes along.
CREATE OR REPLACE FUNCTION scene_sync.record_deleted_images()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    number bigint := nextval('scene_sync.change_number');
BEGIN
    IF current_setting('transaction_isolation') <> 'serializable'
        OR current_setting('scene_sync.project_gone', true) <> '' THEN
        INSERT INTO scene_sync.deletions (project, scene, xid, n)
        SELECT DISTINCT
            request.id,
            image.scene_index,
            pg_current_xact_id(),
            number
        FROM old_rows AS image
        JOIN public.content_creation_requests AS request ON request.id = image.content_creation_request_id
        WHERE image.scene_index IS NOT NULL;
    ELSE
        INSERT INTO scene_sync.deletions (project, scene, xid, n)
        SELECT DISTINCT
            image.content_creation_request_id,
            image.scene_index,
            pg_current_xact_id(),
            number
        FROM old_rows AS image
        WHERE image.content_creation_request_id IS NOT NULL
            AND image.scene_index IS NOT NULL;
    END IF;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.record_deleted_images() FROM PUBLIC;
