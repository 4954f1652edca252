-- Announces each deleted project.
CREATE OR REPLACE FUNCTION scene_sync.announce_deleted_projects()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    busy boolean := pg_try_advisory_xact_lock_shared(1397971278, 2);
BEGIN
    PERFORM scene_sync.announce(busy, 'project_delete', request.id, 1)
    FROM old_rows AS request;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_deleted_projects() FROM PUBLIC;
