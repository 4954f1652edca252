-- Removes at most `batch` answers that are older than a day, and returns how many.
CREATE OR REPLACE FUNCTION scene_sync.prune_answers(batch integer DEFAULT 10000)
RETURNS bigint
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
    WITH pruned AS (
        DELETE FROM scene_sync.answers AS answer
        WHERE answer.ctid = ANY (ARRAY (
            SELECT old.ctid
            FROM scene_sync.answers AS old
            WHERE old.at < clock_timestamp() - interval '24 hours'
            ORDER BY old.at
            LIMIT batch
            FOR UPDATE SKIP LOCKED
        ))
        RETURNING 1
    )
    SELECT count(*)
    FROM pruned;
$$;

REVOKE ALL ON FUNCTION scene_sync.prune_answers(integer) FROM PUBLIC;
