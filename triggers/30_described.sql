-- Says what the places hold that a change names, and what the scenes have lost that images have left; no
-- row if that is too much to tell. Written to be inlined.
--
-- The places are looked up, not taken from the statement: a trigger of the app, or another part of the
-- same query, may have changed them again and announced that first. What is found under a key is the
-- newest state that the looking transaction can see, and so is what the highest number of that key names.
-- At REPEATABLE READ it also sees an image that another has deleted since it began, where it has put its
-- own: of two, the younger is its own.
--
-- A URL's length is known without reading it, so that one of megabytes is measured, not fetched.
CREATE OR REPLACE FUNCTION scene_sync.described(
    project uuid,
    scenes integer[],
    places integer[],
    departed integer[],
    most integer
)
RETURNS TABLE (body text)
LANGUAGE sql
STABLE
AS $$
    SELECT '"set":['
        || coalesce(
            string_agg(DISTINCT '[' || named.scene || ',' || named.index || ',' || to_json(image.url) || ']', ',')
                FILTER (WHERE octet_length(image.url) <= 7999),
            ''
        )
        || ']'
        || coalesce(
            ',"gone":['
            || string_agg(DISTINCT '[' || named.scene || ',' || named.index || ']', ',')
                FILTER (WHERE image.url IS NULL)
            || ']',
            ''
        )
        || coalesce(
            CASE
                WHEN described.departed IS NOT NULL THEN ',"lost":['
                    || (
                        SELECT string_agg('[' || memory.scene || ',' || memory.n || ']', ',')
                        FROM scene_sync.lost(described.project) AS memory
                        WHERE memory.scene = ANY (described.departed)
                    )
                    || ']'
            END,
            ''
        )
    FROM unnest(
        CASE WHEN cardinality(described.scenes) <= described.most THEN described.scenes END,
        CASE WHEN cardinality(described.scenes) <= described.most THEN described.places END
    ) AS named (scene, index)
    LEFT JOIN LATERAL (
        SELECT stored.image_url AS url
        FROM public.generated_images AS stored
        WHERE stored.content_creation_request_id = described.project
            AND stored.scene_index = named.scene
            AND stored.image_index = named.index
        ORDER BY age(stored.xmin)
        LIMIT 1
    ) AS image ON true
    HAVING cardinality(described.scenes) <= described.most
        AND count(*) FILTER (WHERE octet_length(image.url) > 7999 OR named.index IS NULL) = 0;
$$;

REVOKE ALL ON FUNCTION scene_sync.described(uuid, integer[], integer[], integer[], integer) FROM PUBLIC;
