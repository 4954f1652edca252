-- Puts before a payload the first half of its HMAC-SHA256, in 32 hexadecimal digits: the daemons take nothing else for
-- ours. Written to be inlined.
CREATE OR REPLACE FUNCTION scene_sync.sealed(payload text, inner_pad bytea, outer_pad bytea)
RETURNS text
LANGUAGE sql
STABLE
AS $$
    SELECT pg_catalog.concat(
        pg_catalog.encode(
            pg_catalog.substr(
                pg_catalog.sha256(
                    pg_catalog.byteacat(
                        outer_pad,
                        pg_catalog.sha256(pg_catalog.byteacat(inner_pad, pg_catalog.convert_to(payload, 'UTF8')))
                    )
                ),
                1,
                16
            ),
            'hex'
        ),
        payload
    );
$$;

REVOKE ALL ON FUNCTION scene_sync.sealed(text, bytea, bytea) FROM PUBLIC;
