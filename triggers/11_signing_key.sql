-- Tells the daemon the key of what is notified, in hexadecimal digits.
CREATE OR REPLACE FUNCTION scene_sync.signing_key()
RETURNS text
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT encode(settings.signing_key, 'hex')
    FROM scene_sync.settings AS settings;
$$;

REVOKE ALL ON FUNCTION scene_sync.signing_key() FROM PUBLIC;
