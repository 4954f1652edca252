-- The changes that were not visible in the snapshot `previous`: of transactions that began since, or were
-- under way. By index, since commits come late: neither number nor time would tell. A transaction that has not begun yet
-- is of another cluster: pg_dump dumps this table, too. Written to be inlined.
CREATE OR REPLACE FUNCTION scene_sync.changes_since(previous pg_snapshot)
RETURNS SETOF scene_sync.changes
LANGUAGE sql
STABLE
AS $$
    SELECT later.*
    FROM scene_sync.changes AS later
    WHERE later.xid >= pg_snapshot_xmax(previous)
        AND later.xid < pg_snapshot_xmax(pg_current_snapshot())
    UNION ALL
    SELECT unfinished.*
    FROM scene_sync.changes AS unfinished
    WHERE unfinished.xid = ANY (ARRAY (SELECT pg_snapshot_xip(previous)));
$$;

REVOKE ALL ON FUNCTION scene_sync.changes_since(pg_snapshot) FROM PUBLIC;
