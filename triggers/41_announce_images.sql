-- Remembers which scenes of a project images have left, then announces what the touched places now hold.
--
-- The places are looked up, not taken from the statement: a trigger of the app, or another part of the
-- same query, may have changed them again and announced that first. What is found under the key is ours
-- until we commit, so the highest number names the newest state whatever ran in between.
--
-- At SERIALIZABLE a look-up would make writers fail who only insert beside each other, so scenes are named there.
--
-- The plans are generic: one for each list of places would cost more than to run it.
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
    body text;
BEGIN
    -- A project that is gone takes its memories with it: this is then the cascade of its deletion.
    IF left_scenes IS NOT NULL THEN
        INSERT INTO scene_sync.deletions (project, scene, xid, n)
        SELECT
            request.id,
            departed.scene,
            pg_current_xact_id(),
            number
        FROM public.content_creation_requests AS request
        CROSS JOIN unnest(left_scenes) AS departed (scene)
        WHERE request.id = announce_images.project;
        IF FOUND THEN
            lost := ',"lost":[' || array_to_string(left_scenes, ',') || ']';
        END IF;
    END IF;

    -- More than 400 places do not fit. A URL's length is known without reading it, so that one of megabytes
    -- is measured, not fetched.
    IF scenes IS NULL THEN
        body := '"set":[]';
    ELSIF cardinality(scenes) <= 400 AND array_position(places, NULL) IS NULL THEN
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
        INTO body
        FROM unnest(scenes, places) AS named (scene, index)
        LEFT JOIN LATERAL (
            SELECT stored.image_url AS url
            FROM public.generated_images AS stored
            WHERE stored.content_creation_request_id = announce_images.project
                AND stored.scene_index = named.scene
                AND stored.image_index = named.index
            LIMIT 1
        ) AS image ON true
        WHERE (
            SELECT settings.keyed AND current_setting('transaction_isolation') <> 'serializable'
            FROM scene_sync.settings AS settings
        )
        HAVING count(*) > 0
            AND count(*) FILTER (WHERE octet_length(image.url) > 7999) = 0;
    END IF;
    IF scene_sync.announce(operation, project, number, touched, body || lost) THEN
        RETURN;
    END IF;

    -- Nor do 4,000 scenes, of one digit each.
    SELECT '"scenes":[' || string_agg(distinct_scene.index::text, ',') || ']'
    INTO body
    FROM (
        SELECT DISTINCT named.index
        FROM unnest(scenes) AS named (index)
        LIMIT 4000
    ) AS distinct_scene;
    IF scene_sync.announce(operation, project, number, touched, body || lost) THEN
        RETURN;
    END IF;

    PERFORM scene_sync.announce(operation, project, number, touched, '"reload":true');
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_images(text, uuid, bigint, integer[], integer[], integer[]) FROM PUBLIC;
