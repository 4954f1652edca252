-- Removes the images of some scenes of a project, or of all that its document has or images are in, and ends their
-- fallback to the stored imageUrls, also where there were no images. Tells how many images it removed, and the
-- generations that saves have to name from now on: {"deleted": 2, "generations": {"1": 1234}}.
CREATE OR REPLACE FUNCTION scene_sync_api.regenerate(project uuid, scenes integer[] DEFAULT NULL)
RETURNS json
LANGUAGE plpgsql
VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    -- Of which images were removed, and of which there were none.
    emptied integer[];
    bare integer[];
    deleted bigint;
BEGIN
    PERFORM scene_sync_api.take_turn(project);
    IF scenes IS NULL THEN
        scenes := ARRAY (
            SELECT named.number
            FROM public.content_creation_requests AS request
            CROSS JOIN LATERAL scene_sync_api.scene_numbers(request.generated_output) AS named (number)
            WHERE request.id = regenerate.project
            UNION
            SELECT image.scene_index
            FROM public.generated_images AS image
            WHERE image.content_creation_request_id = regenerate.project
                AND image.scene_index IS NOT NULL
        );
    END IF;
    WITH removed AS (
        DELETE FROM public.generated_images AS image
        WHERE image.content_creation_request_id = regenerate.project
            AND image.scene_index = ANY (scenes)
        RETURNING image.scene_index
    )
    SELECT
        pg_catalog.count(*),
        pg_catalog.array_agg(DISTINCT removed.scene_index)
    INTO deleted, emptied
    FROM removed;
    bare := ARRAY (
        SELECT DISTINCT asked.scene
        FROM pg_catalog.unnest(scenes) AS asked (scene)
        WHERE asked.scene IS NOT NULL
            AND asked.scene <> ALL (coalesce(emptied, '{}'))
    );
    IF pg_catalog.cardinality(bare) > 0 THEN
        INSERT INTO scene_sync_api.memories (project_id, scene_indexes)
        VALUES (project, bare);
    END IF;
    RETURN (
        SELECT pg_catalog.format('{"deleted": %s, "generations": {%s}}', deleted, pg_catalog.string_agg(
            pg_catalog.format('"%s": %s', scene.number, scene.generation),
            ', ' ORDER BY scene.number
        ))
        FROM (
            SELECT
                pg_catalog.unnest(memory.scene_indexes),
                pg_catalog.unnest(memory.generations)
            FROM scene_sync_api.memories AS memory
            WHERE memory.project_id = regenerate.project
        ) AS scene (number, generation)
        WHERE scene.number = ANY (scenes)
    );
END;
$$;

GRANT EXECUTE ON FUNCTION scene_sync_api.regenerate(uuid, integer[]) TO PUBLIC;
