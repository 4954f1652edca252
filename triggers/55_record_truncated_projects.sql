-- Marks the memories of all projects as ended.
CREATE OR REPLACE FUNCTION scene_sync.record_truncated_projects()
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
        deletion.project,
        NULL::integer,
        pg_current_xact_id(),
        number
    FROM scene_sync.deletions AS deletion;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.record_truncated_projects() FROM PUBLIC;
