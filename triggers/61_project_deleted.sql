-- Marks a project's memories as ended and announces that it is gone.
CREATE OR REPLACE FUNCTION scene_sync.project_deleted(project uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    number bigint := nextval('scene_sync.change_number');
BEGIN
    INSERT INTO scene_sync.deletions (project, scene, xid, n)
    VALUES (project_deleted.project, NULL, pg_current_xact_id(), number);
    PERFORM scene_sync.announce('project_delete', project, number, 1, '"reload":true');
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.project_deleted(uuid) FROM PUBLIC;
