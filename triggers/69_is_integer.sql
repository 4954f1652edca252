-- Whether a value is a JSON number that is an integer from `low` to `high`, without a fraction: 2, not 2.0.
CREATE OR REPLACE FUNCTION scene_sync_api.is_integer(value jsonb, low bigint, high bigint)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT CASE
        WHEN pg_catalog.jsonb_typeof(value) OPERATOR(pg_catalog.=) 'number'
            THEN CASE
                WHEN value::pg_catalog.text OPERATOR(pg_catalog.~) '^-?[0-9]{1,19}$'
                    THEN value::pg_catalog.text::pg_catalog.numeric BETWEEN low AND high
                ELSE false
            END
        ELSE false
    END;
$$;

GRANT EXECUTE ON FUNCTION scene_sync_api.is_integer(jsonb, bigint, bigint) TO PUBLIC;
