-- Announces each inserted project.
CREATE OR REPLACE FUNCTION scene_sync.announce_inserted_projects()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    busy boolean := pg_try_advisory_xact_lock_shared(1397971278, 2);
BEGIN
    PERFORM scene_sync.announce(busy, 'project_insert', request.id, 1)
    FROM new_rows AS request;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_inserted_projects() FROM PUBLIC;
