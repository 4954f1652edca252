-- Marks the memories of a project as ended that goes on under another id, and the transaction as 53 does.
CREATE OR REPLACE FUNCTION scene_sync.record_renamed_project()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO scene_sync.deletions (project, scene, xid, n)
    VALUES (OLD.id, NULL, pg_current_xact_id(), nextval('scene_sync.change_number'));
    PERFORM set_config('scene_sync.project_gone', 'yes', true);
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.record_renamed_project() FROM PUBLIC;
