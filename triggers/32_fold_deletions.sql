-- Removes at most `batch` deletions that say nothing any more, and returns how many: those with a newer
-- one of the same scene, those from before their project went, and all of projects that are gone.
--
-- Safe beside writers, who only add rows: what a transaction has not committed yet is not seen here, so it
-- can neither be removed nor make something else superfluous. A project's marker goes after, or together
-- with, the memories it ends: alone, it would revive them if the id were used again.
CREATE OR REPLACE FUNCTION scene_sync.fold_deletions(batch integer DEFAULT 10000)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET jit = off
AS $$
DECLARE
    removed bigint;
BEGIN
    DELETE FROM scene_sync.deletions AS deletion
    WHERE deletion.ctid = ANY (ARRAY (
        SELECT entry.ctid
        FROM (
            SELECT
                kept.ctid,
                kept.project,
                kept.scene,
                kept.n,
                max(kept.n) OVER (PARTITION BY kept.project, kept.scene) AS newest,
                max(kept.n) FILTER (WHERE kept.scene IS NULL) OVER (PARTITION BY kept.project) AS marker
            FROM scene_sync.deletions AS kept
        ) AS entry
        WHERE entry.n < entry.newest
            OR entry.n < entry.marker
            OR NOT EXISTS (
                SELECT
                FROM public.content_creation_requests AS request
                WHERE request.id = entry.project
            )
        ORDER BY entry.scene IS NULL, entry.n
        LIMIT batch
    ));
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.fold_deletions(integer) FROM PUBLIC;
