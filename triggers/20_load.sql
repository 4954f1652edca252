-- Reads projects as the daemon keeps them: one row for each project asked for, there or not, each with
-- the snapshot it was read in. Being VOLATILE and one single statement, it takes that snapshot after its
-- locks; one taken before them would miss a TRUNCATE it has waited for. Row security is off so that a
-- policy on the owner makes a load fail instead of making images vanish.
CREATE OR REPLACE FUNCTION scene_sync.load(projects uuid[])
RETURNS TABLE (
    project uuid,
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
        contents.present,
        contents.document,
        contents.images,
        contents.lost,
        pg_current_snapshot()::text
    FROM unnest(projects) AS asked (id)
    CROSS JOIN LATERAL scene_sync.contents(asked.id) AS contents;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.load(uuid[]) FROM PUBLIC;
