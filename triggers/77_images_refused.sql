-- What is wrong with images that are to be saved, each error with the place of the value that it is about
-- (RFC 6901): [{"pointer": "/0/scene_index", "detail": "..."}]. NULL if nothing is.
CREATE OR REPLACE FUNCTION scene_sync_api.images_refused(images jsonb)
RETURNS json
LANGUAGE plpgsql
IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    is_single boolean := jsonb_typeof(images) = 'object';
BEGIN
    IF is_single THEN
        images := jsonb_build_array(images);
    ELSIF images IS NULL OR jsonb_typeof(images) <> 'array' OR jsonb_array_length(images) = 0 THEN
        RETURN '[{"pointer": "", "detail": "has to be an image or an array of images"}]';
    ELSIF jsonb_array_length(images) > 10000 THEN
        RETURN '[{"pointer": "", "detail": "has more than 10,000 images"}]';
    END IF;
    RETURN (
        WITH item AS (
            SELECT
                element.position - 1 AS number,
                element.image,
                CASE WHEN is_single THEN '' ELSE '/' || element.position - 1 END AS pointer,
                nullif(element.image -> 'scene_index', 'null') AS scene,
                coalesce(nullif(element.image -> 'image_index', 'null'), '0') AS place,
                nullif(element.image -> 'image_url', 'null') AS url,
                coalesce(nullif(element.image -> 'generation', 'null'), '0') AS generation
            FROM jsonb_array_elements(images) WITH ORDINALITY AS element (image, position)
        ),
        error AS (
            SELECT
                item.number,
                found.rank,
                item.pointer || found.field AS pointer,
                found.detail
            FROM item
            CROSS JOIN LATERAL (
                VALUES
                    (0, '', CASE
                        WHEN jsonb_typeof(item.image) <> 'object' THEN 'has to be an object'
                    END),
                    (1, '/scene_index', CASE
                        WHEN jsonb_typeof(item.image) <> 'object' THEN NULL
                        WHEN item.scene IS NULL THEN 'is missing'
                        WHEN NOT scene_sync_api.is_integer(item.scene, -2147483648, 2147483647)
                            THEN 'has to be an integer of 32 bits'
                    END),
                    (2, '/image_index', CASE
                        WHEN item.place <> '"next"'
                            AND NOT scene_sync_api.is_integer(item.place, -2147483648, 2147483647)
                            THEN 'has to be an integer of 32 bits, or "next"'
                    END),
                    (3, '/image_url', CASE
                        WHEN jsonb_typeof(item.image) <> 'object' THEN NULL
                        WHEN item.url IS NULL THEN 'is missing'
                        WHEN jsonb_typeof(item.url) <> 'string' OR item.url = '""'
                            THEN 'has to be a string that is not empty'
                    END),
                    (4, '/generation', CASE
                        WHEN NOT scene_sync_api.is_integer(item.generation, 0, 9223372036854775807)
                            THEN 'has to be an integer that is not negative'
                    END)
            ) AS found (rank, field, detail)
            WHERE found.detail IS NOT NULL
            UNION ALL
            SELECT
                again.number,
                5,
                again.pointer,
                'has the place of ' || again.first
            FROM (
                SELECT
                    item.number,
                    item.pointer,
                    first_value(item.pointer) OVER same AS first,
                    row_number() OVER same AS occurrence
                FROM item
                WHERE item.place <> '"next"'
                    AND jsonb_typeof(item.scene) = 'number'
                WINDOW same AS (PARTITION BY item.scene, item.place ORDER BY item.number)
            ) AS again
            WHERE again.occurrence > 1
        )
        SELECT '[' || string_agg(
            format('{"pointer": "%s", "detail": %s}', error.pointer, to_json(error.detail)),
            ', ' ORDER BY error.number, error.rank
        ) || ']'
        FROM error
    );
END;
$$;

GRANT EXECUTE ON FUNCTION scene_sync_api.images_refused(jsonb) TO PUBLIC;
