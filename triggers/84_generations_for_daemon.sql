-- The generations of a project's scenes, as the owner sees them; NULL if there is no such project.
CREATE OR REPLACE FUNCTION scene_sync.generations(project uuid)
RETURNS text
LANGUAGE plpgsql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN scene_sync_api.generations(project);
EXCEPTION
    WHEN SQLSTATE 'PT404' THEN
        RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.generations(uuid) FROM PUBLIC;
