-- Where the names that the app's own triggers and policies use are looked for.
CREATE OR REPLACE FUNCTION scene_sync.app_path()
RETURNS text
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('%I, pg_temp', settings.app_schema)
    FROM scene_sync.settings AS settings;
$$;

REVOKE ALL ON FUNCTION scene_sync.app_path() FROM PUBLIC;
