-- Remembers the scene that an image has left for another one, or for another project. As in 50, the project is not
-- looked at where that would fail other writers.
CREATE OR REPLACE FUNCTION scene_sync.record_moved_image()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'serializable'
        OR current_setting('scene_sync.project_gone', true) <> '' THEN
        PERFORM
        FROM public.content_creation_requests AS request
        WHERE request.id = OLD.content_creation_request_id;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    IF OLD.content_creation_request_id IS NOT NULL AND OLD.scene_index IS NOT NULL THEN
        INSERT INTO scene_sync.deletions (project, scene, xid, n)
        VALUES (
            OLD.content_creation_request_id,
            OLD.scene_index,
            pg_current_xact_id(),
            nextval('scene_sync.change_number')
        );
    END IF;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.record_moved_image() FROM PUBLIC;
