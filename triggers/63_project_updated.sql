-- Announces a changed document. A changed id is the end of one project and the beginning of another.
CREATE OR REPLACE FUNCTION scene_sync.project_updated()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET trace_notify = off
AS $$
DECLARE
    operation text := 'project_update';
BEGIN
    IF NEW.id <> OLD.id THEN
        PERFORM scene_sync.project_deleted(OLD.id);
        operation := 'project_insert';
    END IF;
    PERFORM scene_sync.announce(operation, NEW.id, nextval('scene_sync.change_number'), 1, '"reload":true');
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.project_updated() FROM PUBLIC;
