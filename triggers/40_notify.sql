-- Notifies the daemons of a change, with as much as fits: what is at the places, else which scenes, else
-- that all has to be read anew. PostgreSQL takes 7,999 bytes, of which 32 are the seal; one more would fail the writer's
-- statement.
--
-- A change of a document looks nothing up, so it waits for no lock on the images. At SERIALIZABLE a look-up would make writers fail who only insert beside each other, so scenes are named
-- there. trace_notify is off, as any writer could have PostgreSQL tell the channel with it. The plans are
-- generic: one for each list of places would cost more than to run it.
CREATE OR REPLACE FUNCTION scene_sync.notify(
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
SET search_path = pg_catalog, pg_temp
SET trace_notify = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    number bigint := nextval('scene_sync.change_number');
    body text;
    is_brief boolean := false;
BEGIN
    IF scenes IS NOT NULL AND current_setting('transaction_isolation') <> 'serializable' THEN
        SELECT description.body
        INTO body
        FROM scene_sync.settings AS settings
        CROSS JOIN LATERAL scene_sync.described(
            notify.project,
            notify.scenes,
            notify.places,
            notify.departed,
            400
        ) AS description
        WHERE settings.keyed;
    END IF;
    LOOP
        IF body IS NULL THEN
            body := scene_sync.described_briefly(scenes);
            is_brief := true;
        END IF;
        PERFORM pg_notify(
            settings.channel,
            scene_sync.sealed(change.payload, settings.inner_pad, settings.outer_pad)
        )
        FROM scene_sync.settings AS settings
        CROSS JOIN (
            SELECT scene_sync.payload(
                operation,
                project,
                pg_current_xact_id(),
                number,
                clock_timestamp(),
                now(),
                pg_backend_pid(),
                touched,
                body
            ) AS payload
        ) AS change
        WHERE octet_length(change.payload) <= 7967;
        EXIT WHEN FOUND OR is_brief;
        body := NULL;
    END LOOP;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.notify(text, uuid, bigint, integer[], integer[], integer[]) FROM PUBLIC;
