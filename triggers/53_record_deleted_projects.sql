-- Marks the memories of deleted projects as ended.
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
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.record_deleted_projects() FROM PUBLIC;
