-- Reads the changes that were not visible in the snapshot `previous`, as the payloads that a notification
-- would have brought, and tells the snapshot that they were read in, on a row of its own; without a
-- previous one it only tells where reading begins. The fence is notified in the same transaction: when it
-- arrives, so has every notification of a transaction that this snapshot sees.
--
-- What is new is decided by visibility, by index, never by number or time: commits come late. What a place
-- holds is looked up here, in the snapshot of the reading, so writers need not. Sequential scans are off
-- since the table grows from nothing to anything between two looks of the planner.
CREATE OR REPLACE FUNCTION scene_sync.read_changes(previous pg_snapshot, fence text)
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
    FROM (
        SELECT later.*
        FROM scene_sync.changes AS later
        WHERE later.xid >= pg_snapshot_xmax(previous)
        UNION ALL
        SELECT unfinished.*
        FROM scene_sync.changes AS unfinished
        WHERE unfinished.xid = ANY (ARRAY (SELECT pg_snapshot_xip(previous)))
    ) AS change
    LEFT JOIN LATERAL (
        SELECT described.body
        FROM scene_sync.described(
            change.project,
            change.scenes,
            change.places,
            change.departed,
            CASE WHEN (SELECT settings.keyed FROM scene_sync.settings AS settings) THEN 800 ELSE 0 END
        ) AS described
    ) AS description ON true;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.read_changes(pg_snapshot, text) FROM PUBLIC;
