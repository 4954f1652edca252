-- Removes the changes that the snapshot `now` sees and the snapshot `previous` did not, all that it sees
-- if there was none before. So it does those that a restored pg_dump brought from another cluster, whose transactions are
-- still to begin in this one. Returns how many.
CREATE OR REPLACE FUNCTION scene_sync.prune_changes(previous pg_snapshot, now pg_snapshot)
RETURNS bigint
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_seqscan = off
AS $$
WITH pruned AS (
    DELETE FROM scene_sync.changes AS change
    WHERE change.xid >= pg_snapshot_xmax(pg_current_snapshot())
        OR (
            change.xid = ANY (ARRAY (SELECT pg_snapshot_xip(previous)))
            OR change.xid < pg_snapshot_xmax(now)
            AND change.xid >= coalesce(pg_snapshot_xmax(previous), '0')
        )
        AND change.xid <> ALL (ARRAY (SELECT pg_snapshot_xip(now)))
    RETURNING 1
)
SELECT count(*)
FROM pruned;
$$;

REVOKE ALL ON FUNCTION scene_sync.prune_changes(pg_snapshot, pg_snapshot) FROM PUBLIC;
