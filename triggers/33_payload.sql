-- Writes a change as the daemons read it, whichever way it comes. Written to be inlined.
CREATE OR REPLACE FUNCTION scene_sync.payload(
    operation text,
    project uuid,
    xid xid8,
    n bigint,
    at timestamptz,
    began timestamptz,
    pid integer,
    touched bigint,
    body text
)
RETURNS text
LANGUAGE sql
STABLE
AS $$
    SELECT pg_catalog.concat(
        '{"v":1,"op":"', operation,
        '","project":', coalesce('"' || project || '"', 'null'),
        ',"xid":"', xid,
        '","n":', n,
        ',"at":', (pg_catalog.date_part('epoch', at) * 1000000)::bigint,
        ',"began":', (pg_catalog.date_part('epoch', began) * 1000000)::bigint,
        ',"pid":', pid,
        ',"rows":', touched,
        ',', body,
        '}'
    );
$$;

REVOKE ALL ON FUNCTION scene_sync.payload(text, uuid, xid8, bigint, timestamptz, timestamptz, integer, bigint, text)
FROM PUBLIC;
