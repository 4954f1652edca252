-- Says which scenes a change has touched; where they are none, or too many for a payload, that the whole
-- project has to be read anew.
CREATE OR REPLACE FUNCTION scene_sync.described_briefly(scenes integer[])
RETURNS text
LANGUAGE sql
STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN count(*) BETWEEN 1 AND 600 THEN '"scenes":[' || string_agg(distinct_scene.index::text, ',') || ']'
        ELSE '"reload":true'
    END
    FROM (
        SELECT DISTINCT named.index
        FROM unnest(scenes) AS named (index)
        LIMIT 601
    ) AS distinct_scene;
$$;

REVOKE ALL ON FUNCTION scene_sync.described_briefly(integer[]) FROM PUBLIC;
