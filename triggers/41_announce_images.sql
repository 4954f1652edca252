-- Remembers which scenes of a project images have left, then announces what the touched places now hold.
--
-- The places are looked up, not taken from the statement: a trigger of the app, or another part of the
-- same query, may have changed them again and announced that first. What is found under the key is ours
-- until we commit, so the highest number names the newest state whatever ran in between.
CREATE OR REPLACE FUNCTION scene_sync.announce_images(
    operation text,
    project uuid,
    touched bigint,
    scenes integer[],
    places integer[],
    left_scenes integer[]
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    number bigint := nextval('scene_sync.change_number');
    lost text := '';
    keyed boolean;
    url text;
    body text;
BEGIN
    -- A project that is gone takes its memories with it: this is then the cascade of its deletion.
    IF left_scenes IS NOT NULL THEN
        INSERT INTO scene_sync.deletions (project, scene, xid, n)
        SELECT
            request.id,
            gone.scene,
            pg_current_xact_id(),
            number
        FROM public.content_creation_requests AS request
        CROSS JOIN unnest(left_scenes) AS gone (scene)
        WHERE request.id = announce_images.project;
        IF FOUND THEN
            lost := ',"lost":[' || array_to_string(left_scenes, ',') || ']';
        END IF;
    END IF;

    IF scenes IS NULL THEN
        body := '"set":[]';
    ELSIF cardinality(scenes) = 1 THEN
        -- One image saved is what happens all day, and this is half the work of what follows.
        SELECT
            settings.keyed,
            (
                SELECT image.image_url
                FROM public.generated_images AS image
                WHERE image.content_creation_request_id = announce_images.project
                    AND image.scene_index = scenes[1]
                    AND image.image_index = places[1]
                LIMIT 1
            )
        INTO keyed, url
        FROM scene_sync.settings AS settings;
        IF keyed AND octet_length(url) <= 7999 THEN
            body := '"set":[[' || scenes[1] || ',' || places[1] || ',' || to_json(url) || ']]';
        ELSIF keyed AND url IS NULL THEN
            body := '"set":[],"gone":[[' || scenes[1] || ',' || places[1] || ']]';
        END IF;
    ELSIF cardinality(scenes) <= 1333 AND array_position(places, NULL) IS NULL THEN
        -- More than 1,333 of the shortest entry, [0,0] and a comma, fit into no payload. Lengths are known
        -- without reading a value: megabytes are measured, not fetched.
        SELECT '"set":['
            || coalesce(
                string_agg('[' || place.scene || ',' || place.index || ',' || to_json(place.url) || ']', ',')
                    FILTER (WHERE place.url IS NOT NULL),
                ''
            )
            || ']'
            || coalesce(
                ',"gone":['
                || string_agg('[' || place.scene || ',' || place.index || ']', ',')
                    FILTER (WHERE place.url IS NULL)
                || ']',
                ''
            )
        INTO body
        FROM (
            SELECT
                stored.scene,
                stored.index,
                stored.url,
                sum(octet_length(stored.url)) OVER () AS bytes
            FROM (
                SELECT
                    named.scene,
                    named.index,
                    (
                        SELECT image.image_url
                        FROM public.generated_images AS image
                        WHERE image.content_creation_request_id = announce_images.project
                            AND image.scene_index = named.scene
                            AND image.image_index = named.index
                        LIMIT 1
                    ) AS url
                FROM unnest(scenes, places) AS named (scene, index)
                GROUP BY named.scene, named.index
            ) AS stored
        ) AS place
        CROSS JOIN scene_sync.settings AS settings
        WHERE settings.keyed
            AND (place.bytes <= 7999 OR place.bytes IS NULL)
        HAVING count(*) > 0;
    END IF;
    IF scene_sync.announce(operation, project, number, touched, body || lost) THEN
        RETURN;
    END IF;

    -- 4,000 scenes of one digit are too many already.
    SELECT '"scenes":[' || string_agg(distinct_scene.scene::text, ',') || ']'
    INTO body
    FROM (
        SELECT DISTINCT named.scene
        FROM unnest(scenes) AS named (scene)
        LIMIT 4000
    ) AS distinct_scene;
    IF scene_sync.announce(operation, project, number, touched, body || lost) THEN
        RETURN;
    END IF;

    PERFORM scene_sync.announce(operation, project, number, touched, '"reload":true');
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_images(text, uuid, bigint, integer[], integer[], integer[]) FROM PUBLIC;
