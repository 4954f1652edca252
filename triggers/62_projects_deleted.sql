-- Marks and announces each deleted project.
CREATE OR REPLACE FUNCTION scene_sync.projects_deleted()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET trace_notify = off
AS $$
BEGIN
    PERFORM scene_sync.project_deleted(request.id)
    FROM old_rows AS request;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.projects_deleted() FROM PUBLIC;
