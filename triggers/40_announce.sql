-- Announces one change if it fits into a payload, and says whether it did: the one place where anything
-- is announced. PostgreSQL takes 7,999 bytes; one more would fail the writer's statement.
--
-- Reached through the trigger functions only, so it runs under their settings: to pin the search_path once
-- more would cost as much as the rest of it. They switch trace_notify off, with which any writer could
-- have PostgreSQL tell the channel. It is one statement, since every further expression is set up anew in
-- each transaction.
CREATE OR REPLACE FUNCTION scene_sync.announce(
    operation text,
    project uuid,
    number bigint,
    touched bigint,
    body text
)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
AS $$
BEGIN
    PERFORM pg_catalog.pg_notify(settings.channel, change.payload)
    FROM scene_sync.settings AS settings
    CROSS JOIN (
        SELECT pg_catalog.format(
            '{"v":1,"op":"%s","project":%s,"xid":"%s","n":%s,"at":%s,"began":%s,"pid":%s,"rows":%s,%s}',
            operation,
            coalesce('"' || project || '"', 'null'),
            pg_catalog.pg_current_xact_id(),
            number,
            (pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) * 1000000)::bigint,
            (pg_catalog.date_part('epoch', pg_catalog.now()) * 1000000)::bigint,
            pg_catalog.pg_backend_pid(),
            touched,
            body
        ) AS payload
    ) AS change
    WHERE body IS NOT NULL
        AND pg_catalog.octet_length(change.payload) <= 7999;
    RETURN FOUND;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce(text, uuid, bigint, bigint, text) FROM PUBLIC;
