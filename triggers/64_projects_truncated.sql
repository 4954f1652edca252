-- Marks the memories of all projects as ended and announces that every project is gone.
CREATE OR REPLACE FUNCTION scene_sync.projects_truncated()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET trace_notify = off
AS $$
DECLARE
    number bigint := nextval('scene_sync.change_number');
BEGIN
    INSERT INTO scene_sync.deletions (project, scene, xid, n)
    SELECT DISTINCT
        deletion.project,
        NULL::integer,
        pg_current_xact_id(),
        number
    FROM scene_sync.deletions AS deletion;
    PERFORM scene_sync.announce('project_truncate', NULL, number, 0, '"reload":true');
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.projects_truncated() FROM PUBLIC;
