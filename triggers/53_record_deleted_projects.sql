-- Marks the memories of deleted projects as ended, and the transaction as one in which a project has gone.
CREATE OR REPLACE FUNCTION scene_sync.record_deleted_projects()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO scene_sync.deletions (project, scene, xid, n)
    SELECT
        request.id,
        NULL::integer,
        pg_current_xact_id(),
        nextval('scene_sync.change_number')
    FROM old_rows AS request;
    IF FOUND THEN
        PERFORM set_config('scene_sync.project_gone', 'yes', true);
    END IF;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.record_deleted_projects() FROM PUBLIC;
