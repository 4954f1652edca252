-- Tells the daemon where changes are announced.
CREATE OR REPLACE FUNCTION scene_sync.channel()
RETURNS text
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT settings.channel
    FROM scene_sync.settings AS settings;
$$;

REVOKE ALL ON FUNCTION scene_sync.channel() FROM PUBLIC;
