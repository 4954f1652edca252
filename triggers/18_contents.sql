-- What a project is made of, there or not: one row. Written to be inlined, so that what is not asked for is not read:
-- it runs under the settings of the functions that use it, in the snapshot of their statement.
CREATE OR REPLACE FUNCTION scene_sync.contents(project uuid)
RETURNS TABLE (
    present boolean,
    document text,
    images text,
    lost text
)
LANGUAGE sql
STABLE
AS $$
    SELECT
        request.id IS NOT NULL,
        request.generated_output::text,
        coalesce('[' || image.list || ']', '[]'),
        coalesce('[' || deletion.list || ']', '[]')
    FROM (
        SELECT contents.project AS id
    ) AS asked
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
$$;

REVOKE ALL ON FUNCTION scene_sync.contents(uuid) FROM PUBLIC;
