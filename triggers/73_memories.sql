-- What is remembered of the projects that the reader can see: which scenes images have left, or were regenerated
-- without any, and the number of the newest time, which is the scene's generation. The tables behind it are
-- read as the owner, the projects as the reader.
CREATE OR REPLACE VIEW scene_sync_api.memories WITH (security_barrier) AS
SELECT
    newest.project AS project_id,
    newest.scenes AS scene_indexes,
    newest.numbers AS generations
FROM (
    SELECT
        scene.project,
        pg_catalog.array_agg(scene.index ORDER BY scene.index) AS scenes,
        pg_catalog.array_agg(scene.n ORDER BY scene.index) AS numbers
    FROM (
        SELECT
            memory.project,
            memory.scene AS index,
            pg_catalog.max(memory.n) AS n
        FROM (
            SELECT
                kept.project,
                kept.scene,
                kept.n,
                pg_catalog.max(kept.n) FILTER (WHERE kept.scene IS NULL) OVER (PARTITION BY kept.project) AS marker
            FROM scene_sync.deletions AS kept
        ) AS memory
        WHERE memory.scene IS NOT NULL
            AND memory.n > coalesce(memory.marker, 0)
        GROUP BY memory.project, memory.scene
    ) AS scene
    GROUP BY scene.project
) AS newest
WHERE scene_sync_api.sees(newest.project);

GRANT SELECT, INSERT ON scene_sync_api.memories TO PUBLIC;

-- First asks whether the caller may, as the caller; then does it, as the owner.
CREATE OR REPLACE TRIGGER scene_sync_1_check
INSTEAD OF INSERT ON scene_sync_api.memories
FOR EACH ROW
EXECUTE FUNCTION scene_sync_api.may_regenerate();

CREATE OR REPLACE TRIGGER scene_sync_2_record
INSTEAD OF INSERT ON scene_sync_api.memories
FOR EACH ROW
EXECUTE FUNCTION scene_sync.record_regenerated();
