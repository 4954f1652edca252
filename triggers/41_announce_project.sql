-- Announces that a project, or for NULL each of them, has to be read anew.
CREATE OR REPLACE FUNCTION scene_sync.announce_project(operation text, project uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    touched integer := (project IS NOT NULL)::integer;
BEGIN
    IF pg_try_advisory_xact_lock_shared(1397971278, 1) THEN
        RETURN;
    END IF;

    IF pg_try_advisory_xact_lock_shared(1397971278, 2) THEN
        INSERT INTO scene_sync.changes (operation, project, touched)
        VALUES (operation, project, touched);
    ELSE
        PERFORM scene_sync.notify(operation, project, touched);
    END IF;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_project(text, uuid) FROM PUBLIC;
