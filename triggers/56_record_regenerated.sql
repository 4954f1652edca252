-- Remembers scenes that were regenerated, and announces it: what an INSERT into scene_sync_api.memories does.
CREATE OR REPLACE FUNCTION scene_sync.record_regenerated()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    number bigint := nextval('scene_sync.change_number');
BEGIN
    INSERT INTO scene_sync.deletions (project, scene, xid, n)
    SELECT DISTINCT
        NEW.project_id,
        wanted.scene,
        pg_current_xact_id(),
        number
    FROM unnest(NEW.scene_indexes) AS wanted (scene)
    WHERE wanted.scene IS NOT NULL;
    IF FOUND THEN
        PERFORM scene_sync.announce_regenerated(NEW.project_id, NEW.scene_indexes);
    END IF;
    RETURN NEW;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.record_regenerated() FROM PUBLIC;
