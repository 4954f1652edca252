-- The generation of each scene of a project that is in its document, has images, or had: {"1": 0, "2": 1234}.
CREATE OR REPLACE FUNCTION scene_sync_api.generations(project uuid)
RETURNS json
LANGUAGE plpgsql
STABLE
AS $$
BEGIN
    IF project IS NULL OR NOT scene_sync_api.sees(project) THEN
        RAISE EXCEPTION 'there is no project %', project
            USING ERRCODE = 'PT404', CONSTRAINT = 'unknown-project', DETAIL = '{}';
    END IF;
    RETURN (
        SELECT '{' || coalesce(pg_catalog.string_agg(
            pg_catalog.format('"%s": %s', scene.number, coalesce(memory.generation, 0)),
            ', ' ORDER BY scene.number
        ), '') || '}'
        FROM (
            SELECT named.number
            FROM public.content_creation_requests AS request
            CROSS JOIN LATERAL scene_sync_api.scene_numbers(request.generated_output) AS named (number)
            WHERE request.id = generations.project
            UNION
            SELECT image.scene_index
            FROM public.generated_images AS image
            WHERE image.content_creation_request_id = generations.project
                AND image.scene_index IS NOT NULL
            UNION
            SELECT pg_catalog.unnest(kept.scene_indexes)
            FROM scene_sync_api.memories AS kept
            WHERE kept.project_id = generations.project
        ) AS scene (number)
        LEFT JOIN (
            SELECT
                pg_catalog.unnest(kept.scene_indexes),
                pg_catalog.unnest(kept.generations)
            FROM scene_sync_api.memories AS kept
            WHERE kept.project_id = generations.project
        ) AS memory (number, generation) ON memory.number = scene.number
    );
END;
$$;

GRANT EXECUTE ON FUNCTION scene_sync_api.generations(uuid) TO PUBLIC;
