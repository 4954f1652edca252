-- Who has learned the channel's name can notify it, too. So what is notified bears a code (HMAC-SHA256, RFC 2104) that
-- only those can make who know this key: the owner, whose triggers announce, and the daemons.
ALTER TABLE scene_sync.settings
    ADD COLUMN signing_key bytea,
    -- The key as the code's two hashes begin with it, so that a writer need not compute that.
    ADD COLUMN inner_pad bytea,
    ADD COLUMN outer_pad bytea;

UPDATE scene_sync.settings
SET signing_key = sha256(convert_to(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), 'UTF8'));

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

ALTER TABLE scene_sync.settings
    ALTER COLUMN signing_key SET NOT NULL,
    ALTER COLUMN inner_pad SET NOT NULL,
    ALTER COLUMN outer_pad SET NOT NULL;
