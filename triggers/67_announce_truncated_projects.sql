-- Announces that every project is gone.
CREATE OR REPLACE FUNCTION scene_sync.announce_truncated_projects()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM scene_sync.announce_project('project_truncate', NULL);
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_truncated_projects() FROM PUBLIC;
