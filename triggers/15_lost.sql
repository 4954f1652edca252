-- Which scenes of a project images have left, with the number of the newest time. Written to be inlined:
-- it runs under the settings of the functions that use it.
CREATE OR REPLACE FUNCTION scene_sync.lost(project uuid)
RETURNS TABLE (scene integer, n bigint)
LANGUAGE sql
STABLE
AS $$
    SELECT
        memory.scene,
        max(memory.n)
    FROM scene_sync.deletions AS memory
    WHERE memory.project = lost.project
        AND memory.scene IS NOT NULL
        AND memory.n > coalesce((
            SELECT max(marker.n)
            FROM scene_sync.deletions AS marker
            WHERE marker.project = lost.project
                AND marker.scene IS NULL
        ), 0)
    GROUP BY memory.scene;
$$;

REVOKE ALL ON FUNCTION scene_sync.lost(uuid) FROM PUBLIC;
