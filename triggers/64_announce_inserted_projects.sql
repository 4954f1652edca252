-- Announces each inserted project.
CREATE OR REPLACE FUNCTION scene_sync.announce_inserted_projects()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM scene_sync.announce_project('project_insert', request.id)
    FROM new_rows AS request;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_inserted_projects() FROM PUBLIC;
