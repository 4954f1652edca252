-- Announces that scenes have lost their stored imageUrls, though no image has left them.
CREATE OR REPLACE FUNCTION scene_sync.announce_regenerated(project uuid, scenes integer[])
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF pg_try_advisory_xact_lock_shared(1397971278, 1) THEN
        RETURN;
    END IF;

    IF pg_try_advisory_xact_lock_shared(1397971278, 2) THEN
        INSERT INTO scene_sync.changes (operation, project, touched)
        VALUES ('delete', project, 0);
    ELSE
        PERFORM scene_sync.notify('delete', project, 0, '{}', '{}', scenes);
    END IF;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_regenerated(uuid, integer[]) FROM PUBLIC;
