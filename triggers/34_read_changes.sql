-- Reads the changes that were not visible in the snapshot `previous`, as the payloads that notifications
-- would have brought, and tells the snapshot that they were read in, on a row of its own. Without a
-- previous one it only tells where reading begins. The fence is notified in the same transaction: when it
-- arrives, so has every notification of a transaction that this snapshot sees.
--
-- What a transaction did to a project by one operation is one payload. Its number, the last one, is right
-- for every place of it: another transaction that touched one of them took all its numbers before or after.
--
-- What a place holds is looked up here, in the snapshot of the reading, so writers need not. That takes a
-- lock on the app's table before the snapshot (TRUNCATE empties a table for older snapshots, too), which
-- a migration of the app may keep for long: only where there is something to look up, and where that is
-- wanted; else the projects are to be read anew. The lock_timeout is for that lock and ends with the
-- function: at its commit a notification may have to wait behind those of many writers. Sequential scans are off since the table grows from
-- nothing to anything between two looks of the planner.
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
SET lock_timeout = '300ms'
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
                found.operation,
                found.project,
                found.xid,
                found.n,
                found.at,
                found.began,
                found.pid,
                found.touched,
                CASE
                    WHEN found.is_whole THEN '"reload":true'
                    ELSE '"set":[' || coalesce(found.images, '') || ']'
                        || coalesce(',"gone":[' || found.gone || ']', '')
                        || coalesce(',"lost":[' || CASE
                            WHEN found.departed IS NOT NULL THEN (
                                SELECT string_agg('[' || memory.scene || ',' || memory.n || ']', ',')
                                FROM scene_sync.lost(found.project) AS memory
                                WHERE memory.scene = ANY (found.departed)
                            )
                        END || ']', '')
                END
            )
        FROM (
            SELECT
                change.xid,
                change.project,
                change.operation,
                change.began,
                change.pid,
                max(change.n) AS n,
                min(change.at) AS at,
                sum(change.touched) AS touched,
                bool_or(
                    change.scene IS NULL
                    OR change.place IS NULL
                    OR NOT (SELECT settings.keyed FROM scene_sync.settings AS settings)
                    OR octet_length(image.url) > 7999
                ) AS is_whole,
                string_agg('[' || change.scene || ',' || change.place || ',' || to_json(image.url) || ']', ',')
                    FILTER (WHERE octet_length(image.url) <= 7999) AS images,
                string_agg('[' || change.scene || ',' || change.place || ']', ',')
                    FILTER (WHERE image.url IS NULL) AS gone,
                array_agg(change.scene) FILTER (WHERE change.is_past) AS departed
            FROM scene_sync.changes_since(previous) AS change
            LEFT JOIN LATERAL (
                SELECT stored.image_url AS url
                FROM public.generated_images AS stored
                WHERE stored.content_creation_request_id = change.project
                    AND stored.scene_index = change.scene
                    AND stored.image_index = change.place
                LIMIT 1
            ) AS image ON true
            GROUP BY change.xid, change.project, change.operation, change.began, change.pid
        ) AS found;
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
                '"reload":true'
            )
        FROM scene_sync.changes_since(previous) AS change;
    END IF;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.read_changes(pg_snapshot, text, boolean) FROM PUBLIC;
