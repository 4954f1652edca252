-- Announces each deleted project.
CREATE OR REPLACE FUNCTION scene_sync.announce_deleted_projects()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM scene_sync.announce_project('project_delete', request.id)
    FROM old_rows AS request;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_deleted_projects() FROM PUBLIC;
