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
        request.id IS NOT NULL,
        request.generated_output::text,
        coalesce('[' || image.list || ']', '[]'),
        coalesce('[' || deletion.list || ']', '[]'),
        pg_current_snapshot()::text
    FROM unnest(projects) AS asked (id)
    LEFT JOIN public.content_creation_requests AS request ON request.id = asked.id
    CROSS JOIN LATERAL (
        SELECT string_agg(
            '[' || stored.scene_index || ',' || stored.place || ',' || to_json(stored.image_url) || ']',
            ','
            ORDER BY stored.scene_index, stored.place, stored.id
        ) AS list
        FROM (
            SELECT
                row.id,
                row.scene_index,
                coalesce(row.image_index, 0) AS place,
                row.image_url
            FROM public.generated_images AS row
            WHERE row.content_creation_request_id = asked.id
                AND row.scene_index IS NOT NULL
                AND row.image_url IS NOT NULL
        ) AS stored
    ) AS image
    CROSS JOIN LATERAL (
        SELECT string_agg('[' || newest.scene || ',' || newest.n || ']', ',' ORDER BY newest.scene) AS list
        FROM scene_sync.lost(asked.id) AS newest
    ) AS deletion;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.load(uuid[]) FROM PUBLIC;
