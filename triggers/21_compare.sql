-- Reads projects for a daemon that knows them by their fingerprints: one row for each, with its fingerprint, and with
-- the rest as `scene_sync.load` has it only where that is not the known one. All of it is of one snapshot, taken after
-- the locks as that of a load is.
CREATE OR REPLACE FUNCTION scene_sync.compare(projects uuid[], known text[])
RETURNS TABLE (
    project uuid,
    fingerprint text,
    is_known boolean,
    present boolean,
    document text,
    images text,
    lost text,
    snapshot text
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT
        asked.id,
        version.print,
        version.print IS NOT DISTINCT FROM asked.print,
        other.present,
        other.document,
        other.images,
        other.lost,
        pg_current_snapshot()::text
    FROM unnest(projects, known) AS asked (id, print)
    CROSS JOIN LATERAL scene_sync.fingerprint(asked.id) AS version
    LEFT JOIN LATERAL (
        SELECT contents.*
        FROM scene_sync.contents(asked.id) AS contents
        WHERE version.print IS DISTINCT FROM asked.print
    ) AS other ON true;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.compare(uuid[], text[]) FROM PUBLIC;
