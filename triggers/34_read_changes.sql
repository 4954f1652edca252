-- Reads the changes that were not visible in the snapshot `previous`, as the payloads that a notification
-- would have brought, and tells the snapshot that they were read in, on a row of its own; without a
-- previous one it only tells where reading begins. The fence is notified in the same transaction: when it
-- arrives, so has every notification of a transaction that this snapshot sees.
--
-- What a place holds is looked up here, in the snapshot of the reading, so writers need not. That takes a
-- lock on the app's table before the snapshot (TRUNCATE empties a table for older snapshots, too), which
-- a migration of the app may keep for long: only where there is something to look up, and where that is
-- wanted; else scenes are named. Sequential scans are off since the table grows from nothing to anything
-- between two looks of the planner.
CREATE OR REPLACE FUNCTION scene_sync.read_changes(previous pg_snapshot, fence text, looking_up boolean)
RETURNS TABLE (
    snapshot text,
    payload text
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET jit = off
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
SET trace_notify = off
AS $$
#variable_conflict use_column
BEGIN
    IF looking_up AND EXISTS (SELECT FROM scene_sync.changes_since(previous)) THEN
        RETURN QUERY
        SELECT
            pg_current_snapshot()::text,
            nullif(pg_notify(settings.channel, fence)::text, '')
        FROM scene_sync.settings AS settings
        UNION ALL
        SELECT
            NULL,
            scene_sync.payload(
                change.operation,
                change.project,
                change.xid,
                change.n,
                change.at,
                change.began,
                change.pid,
                change.touched,
                coalesce(description.body, scene_sync.described_briefly(change.scenes))
            )
        FROM scene_sync.changes_since(previous) AS change
        CROSS JOIN scene_sync.settings AS settings
        LEFT JOIN LATERAL scene_sync.described(
            change.project,
            change.scenes,
            change.places,
            change.departed,
            CASE WHEN settings.keyed THEN 800 ELSE 0 END
        ) AS description ON true;
    ELSE
        RETURN QUERY
        SELECT
            pg_current_snapshot()::text,
            nullif(pg_notify(settings.channel, fence)::text, '')
        FROM scene_sync.settings AS settings
        UNION ALL
        SELECT
            NULL,
            scene_sync.payload(
                change.operation,
                change.project,
                change.xid,
                change.n,
                change.at,
                change.began,
                change.pid,
                change.touched,
                scene_sync.described_briefly(change.scenes)
            )
        FROM scene_sync.changes_since(previous) AS change;
    END IF;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.read_changes(pg_snapshot, text, boolean) FROM PUBLIC;
