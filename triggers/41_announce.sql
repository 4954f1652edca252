-- Announces what a statement did to one project, or to all for NULL: by a row for the daemons to read
-- while they are busy, else by a notification.
--
-- `busy` is the statement's one decision, made before anything else: what pg_try_advisory_xact_lock_shared
-- said of the lock 2, which a daemon holds while it wants notifications. Whoever gets it keeps it until the
-- transaction ends, so a daemon that gets it back knows that no row is still to come.
CREATE OR REPLACE FUNCTION scene_sync.announce(
    busy boolean,
    operation text,
    project uuid,
    touched bigint,
    scenes integer[] DEFAULT NULL,
    places integer[] DEFAULT NULL,
    departed integer[] DEFAULT NULL
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
AS $$
BEGIN
    IF busy THEN
        INSERT INTO scene_sync.changes (operation, project, touched, scenes, places, departed)
        VALUES (
            announce.operation,
            announce.project,
            announce.touched,
            announce.scenes,
            announce.places,
            announce.departed
        );
    ELSE
        PERFORM scene_sync.notify(operation, project, touched, scenes, places, departed);
    END IF;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce(boolean, text, uuid, bigint, integer[], integer[], integer[]) FROM PUBLIC;
