-- Announces a changed document. A changed id is the end of one project and the beginning of another.
CREATE OR REPLACE FUNCTION scene_sync.announce_updated_project()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    busy boolean := pg_try_advisory_xact_lock_shared(1397971278, 2);
BEGIN
    IF NEW.id <> OLD.id THEN
        PERFORM scene_sync.announce(busy, 'project_delete', OLD.id, 1);
        PERFORM scene_sync.announce(busy, 'project_insert', NEW.id, 1);
    ELSE
        PERFORM scene_sync.announce(busy, 'project_update', NEW.id, 1);
    END IF;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_updated_project() FROM PUBLIC;
