-- The numbers that a document's scenes go by: their `index`, or the place in the array, counted from 1. One that
-- is no number of 32 bits without a fraction can have no images, and is left out.
CREATE OR REPLACE FUNCTION scene_sync_api.scene_numbers(document jsonb)
RETURNS SETOF integer
LANGUAGE sql
IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT numbered.scene
    FROM (
        SELECT CASE coalesce(jsonb_typeof(element.scene -> 'index'), 'null')
            WHEN 'null' THEN element.position::integer
            WHEN 'number' THEN CASE
                WHEN (element.scene ->> 'index')::numeric % 1 = 0
                    AND (element.scene ->> 'index')::numeric BETWEEN -2147483648 AND 2147483647
                    THEN (element.scene ->> 'index')::numeric::integer
            END
        END AS scene
        FROM jsonb_array_elements(
            CASE WHEN jsonb_typeof(document -> 'scenes') = 'array' THEN document -> 'scenes' END
        ) WITH ORDINALITY AS element (scene, position)
        WHERE jsonb_typeof(element.scene) = 'object'
    ) AS numbered
    WHERE numbered.scene IS NOT NULL;
$$;

GRANT EXECUTE ON FUNCTION scene_sync_api.scene_numbers(jsonb) TO PUBLIC;
