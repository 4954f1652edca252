-- Remembers the scene that an image has left for another one, or for another project.
CREATE OR REPLACE FUNCTION scene_sync.record_moved_image()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO scene_sync.deletions (project, scene, xid, n)
    SELECT
        request.id,
        OLD.scene_index,
        pg_current_xact_id(),
        nextval('scene_sync.change_number')
    FROM public.content_creation_requests AS request
    WHERE request.id = OLD.content_creation_request_id
        AND OLD.scene_index IS NOT NULL;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.record_moved_image() FROM PUBLIC;
