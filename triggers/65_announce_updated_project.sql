-- Announces a changed document. A changed id is the end of one project and the beginning of another.
CREATE OR REPLACE FUNCTION scene_sync.announce_updated_project()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NEW.id <> OLD.id THEN
        PERFORM scene_sync.announce_project('project_delete', OLD.id);
        PERFORM scene_sync.announce_project('project_insert', NEW.id);
    ELSE
        PERFORM scene_sync.announce_project('project_update', NEW.id);
    END IF;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_updated_project() FROM PUBLIC;
