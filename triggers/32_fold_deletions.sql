-- Removes at most `batch` deletions that say nothing any more, and returns how many: those with a newer
-- one of the same scene, those from before their project went, and all of projects that are gone.
--
-- Safe beside writers, who only add rows: what a transaction has not committed yet is not seen here, so it
-- can neither be removed nor make something else superfluous. A project's marker goes after, or together
-- with, the memories it ends: alone, it would revive them if the id were used again.
--
-- Each call looks at about `batch` deletions, in the order of their projects and by the index, since whoever calls it has
-- other things to do. Its session remembers in `scene_sync.fold_from` where the next call begins: '' if that is anew.
CREATE OR REPLACE FUNCTION scene_sync.fold_deletions(batch integer DEFAULT 10000)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET jit = off
SET enable_seqscan = off
AS $$
DECLARE
    lowest uuid := coalesce(
        nullif(current_setting('scene_sync.fold_from', true), ''),
        '00000000-0000-0000-0000-000000000000'
    );
    highest uuid := coalesce(
        (
            SELECT kept.project
            FROM scene_sync.deletions AS kept
            WHERE kept.project >= lowest
            ORDER BY kept.project
            OFFSET batch - 1
            LIMIT 1
        ),
        'ffffffff-ffff-ffff-ffff-ffffffffffff'
    );
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
            WHERE kept.project BETWEEN lowest AND highest
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
    -- Else there may be more to remove of the same projects.
    IF removed < batch THEN
        PERFORM set_config('scene_sync.fold_from', coalesce(min(next.project::text), ''), false)
        FROM (
            SELECT kept.project
            FROM scene_sync.deletions AS kept
            WHERE kept.project > highest
            ORDER BY kept.project
            LIMIT 1
        ) AS next;
    END IF;
    RETURN removed;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.fold_deletions(integer) FROM PUBLIC;
