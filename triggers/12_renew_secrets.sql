-- Gives what is notified a new channel and a new key, where somebody may have learned them. Daemons take them when they are
-- started again.
CREATE OR REPLACE PROCEDURE scene_sync.renew_secrets()
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE scene_sync.settings
    SET
        channel = concat('scene_sync_', replace(gen_random_uuid()::text, '-', '')),
        signing_key = sha256(convert_to(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), 'UTF8'));

    -- As the two hashes of the code begin with it (RFC 2104).
    UPDATE scene_sync.settings AS settings
    SET
        inner_pad = (
            SELECT string_agg(set_byte('\x00', 0, get_byte(settings.signing_key, position) # 54), '' ORDER BY position)
            FROM generate_series(0, 31) AS position
        ) || decode(repeat('36', 32), 'hex'),
        outer_pad = (
            SELECT string_agg(set_byte('\x00', 0, get_byte(settings.signing_key, position) # 92), '' ORDER BY position)
            FROM generate_series(0, 31) AS position
        ) || decode(repeat('5c', 32), 'hex');
$$;

REVOKE ALL ON PROCEDURE scene_sync.renew_secrets() FROM PUBLIC;
