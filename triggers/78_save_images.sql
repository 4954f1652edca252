-- Saves an image of a project, or an array of them: {"scene_index", "image_url", "image_index"?, "generation"?}. All
-- or none. `image_index` is 0 where it is left out, and "next" is the scene's next free place. `replacing`: what is
-- at a place already gets the new URL; else places that are taken are an error.
--
-- The app's triggers and policies find what they name as they would without us: search_path stays the caller's, here
-- and in what this calls, and what could be mistaken in it is qualified.
--
-- Errors have a SQLSTATE that PostgREST makes an HTTP status of, and tell more in their DETAIL, as JSON:
-- PT400 {"errors": ...}, PT404 {}, PT409 {"occupied": ...} or {"outdated": ...}.
CREATE OR REPLACE FUNCTION scene_sync_api.save_images(project uuid, images jsonb, replacing boolean DEFAULT false)
RETURNS json
LANGUAGE plpgsql
VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    refused json := scene_sync_api.images_refused(images);
    scenes integer[];
    -- As wanted, NULL for "next"; and as they come to be.
    wanted integer[];
    places integer[];
    urls text[];
    expected bigint[];
    found text;
    done bigint;
    inserted bigint;
BEGIN
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'these are no images that can be saved'
            USING
                ERRCODE = 'PT400',
                CONSTRAINT = 'bad-request',
                DETAIL = pg_catalog.format('{"errors": %s}', refused);
    END IF;
    SELECT
        pg_catalog.array_agg((element.image ->> 'scene_index')::integer ORDER BY element.position),
        pg_catalog.array_agg(
            CASE
                WHEN element.image ->> 'image_index' = 'next' THEN NULL
                ELSE coalesce((element.image ->> 'image_index')::integer, 0)
            END
            ORDER BY element.position
        ),
        pg_catalog.array_agg(element.image ->> 'image_url' ORDER BY element.position),
        pg_catalog.array_agg((element.image ->> 'generation')::bigint ORDER BY element.position)
    INTO scenes, wanted, urls, expected
    FROM pg_catalog.jsonb_array_elements(
        CASE pg_catalog.jsonb_typeof(images) WHEN 'array' THEN images ELSE pg_catalog.jsonb_build_array(images) END
    ) WITH ORDINALITY AS element (image, position);

    PERFORM scene_sync_api.take_turn(project);

    SELECT pg_catalog.string_agg(
        pg_catalog.format('{"scene_index": %s, "generation": %s}', older.scene, older.generation),
        ', ' ORDER BY older.scene
    )
    INTO found
    FROM (
        SELECT DISTINCT
            newest.scene,
            newest.generation
        FROM unnest(scenes, expected) AS asked (scene, generation)
        JOIN (
            SELECT
                pg_catalog.unnest(memory.scene_indexes),
                pg_catalog.unnest(memory.generations)
            FROM scene_sync_api.memories AS memory
            WHERE memory.project_id = save_images.project
        ) AS newest (scene, generation) ON newest.scene = asked.scene
        WHERE asked.generation < newest.generation
    ) AS older;
    IF found IS NOT NULL THEN
        RAISE EXCEPTION 'scenes have been regenerated since'
            USING
                ERRCODE = 'PT409',
                CONSTRAINT = 'outdated-generation',
                DETAIL = pg_catalog.format('{"outdated": [%s]}', found);
    END IF;

    -- Whatever the app's own statements do to a place meanwhile came before, or comes after: then once more.
    FOR attempt IN 1..100 LOOP
        SELECT pg_catalog.array_agg(
            coalesce(
                asked.place,
                (greatest(coalesce(stored.highest, -1), coalesce(asked.highest, -1)) + asked.turn)
            )
            ORDER BY asked.position
        )
        INTO places
        FROM (
            SELECT
                item.position,
                item.scene,
                item.place,
                pg_catalog.max(item.place) OVER (PARTITION BY item.scene)::bigint AS highest,
                pg_catalog.count(*) FILTER (WHERE item.place IS NULL) OVER (
                    PARTITION BY item.scene
                    ORDER BY item.position
                ) AS turn
            FROM unnest(scenes, wanted) WITH ORDINALITY AS item (scene, place, position)
        ) AS asked
        LEFT JOIN (
            SELECT
                image.scene_index,
                pg_catalog.max(image.image_index)::bigint AS highest
            FROM public.generated_images AS image
            WHERE image.content_creation_request_id = save_images.project
                AND image.scene_index = ANY (ARRAY (
                    SELECT item.scene
                    FROM unnest(scenes, wanted) AS item (scene, place)
                    WHERE item.place IS NULL
                ))
            GROUP BY image.scene_index
        ) AS stored ON stored.scene_index = asked.scene;

        IF NOT replacing THEN
            SELECT pg_catalog.string_agg(
                pg_catalog.format('{"scene_index": %s, "image_index": %s}', taken.scene, taken.place),
                ', ' ORDER BY taken.scene, taken.place
            )
            INTO found
            FROM (
                SELECT DISTINCT
                    asked.scene,
                    asked.place
                FROM unnest(scenes, wanted) AS asked (scene, place)
                JOIN public.generated_images AS image
                    ON image.content_creation_request_id = save_images.project
                    AND image.scene_index = asked.scene
                    AND image.image_index = asked.place
            ) AS taken;
            IF found IS NOT NULL THEN
                RAISE EXCEPTION 'there are images at these places already'
                    USING
                        ERRCODE = 'PT409',
                        CONSTRAINT = 'occupied',
                        DETAIL = pg_catalog.format('{"occupied": [%s]}', found);
            END IF;
        END IF;

        BEGIN
            done := 0;
            IF replacing THEN
                WITH updated AS (
                    UPDATE public.generated_images AS image
                    SET image_url = asked.url
                    FROM unnest(scenes, wanted, urls) AS asked (scene, place, url)
                    WHERE image.content_creation_request_id = save_images.project
                        AND image.scene_index = asked.scene
                        AND image.image_index = asked.place
                    RETURNING
                        asked.scene,
                        asked.place
                )
                SELECT pg_catalog.count(DISTINCT (updated.scene, updated.place))
                INTO done
                FROM updated;
            END IF;
            IF done < pg_catalog.cardinality(scenes) THEN
                INSERT INTO public.generated_images (content_creation_request_id, scene_index, image_index, image_url)
                SELECT
                    save_images.project,
                    asked.scene,
                    asked.place,
                    asked.url
                FROM unnest(scenes, places, urls) AS asked (scene, place, url)
                WHERE NOT replacing
                    OR NOT EXISTS (
                        SELECT
                        FROM public.generated_images AS image
                        WHERE image.content_creation_request_id = save_images.project
                            AND image.scene_index = asked.scene
                            AND image.image_index = asked.place
                    )
                ORDER BY asked.scene, asked.place
                ON CONFLICT DO NOTHING;
                GET DIAGNOSTICS inserted = ROW_COUNT;
                done := done + inserted;
            END IF;
            IF done <> pg_catalog.cardinality(scenes) THEN
                -- A policy may show an image and let nobody touch it: that does not change, however often it is tried.
                IF replacing AND attempt = 3 AND EXISTS (
                    SELECT
                    FROM public.generated_images AS image
                    JOIN unnest(scenes, wanted) AS asked (scene, place)
                        ON image.scene_index = asked.scene
                        AND image.image_index = asked.place
                    WHERE image.content_creation_request_id = save_images.project
                        AND image.id <> ALL (ARRAY (
                            SELECT own.id
                            FROM public.generated_images AS own
                            WHERE own.content_creation_request_id = save_images.project
                                AND own.scene_index = ANY (scenes)
                            FOR NO KEY UPDATE
                        ))
                ) THEN
                    RAISE EXCEPTION 'images at these places are not %''s to replace', current_user
                        USING ERRCODE = 'insufficient_privilege';
                END IF;
                RAISE EXCEPTION 'the places change faster than images can be saved' USING ERRCODE = 'PT503';
            END IF;
            RETURN (
                SELECT '{"images": [' || pg_catalog.string_agg(
                    pg_catalog.format(
                        '{"id": %s, "project_id": "%s", "scene_index": %s, "image_index": %s, "image_url": %s, '
                            '"generation": %s, "created_at": "%s", "updated_at": "%s"}',
                        coalesce(pg_catalog.to_json(image.id)::text, 'null'),
                        save_images.project,
                        asked.scene,
                        asked.place,
                        pg_catalog.to_json(coalesce(image.image_url, asked.url)),
                        coalesce(memory.generation, 0),
                        pg_catalog.to_char(image.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                        pg_catalog.to_char(image.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                    ),
                    ', ' ORDER BY asked.position
                ) || ']}'
                FROM unnest(scenes, places, urls) WITH ORDINALITY AS asked (scene, place, url, position)
                LEFT JOIN LATERAL (
                    SELECT
                        stored.id,
                        stored.image_url,
                        stored.created_at,
                        stored.updated_at
                    FROM public.generated_images AS stored
                    WHERE stored.content_creation_request_id = save_images.project
                        AND stored.scene_index = asked.scene
                        AND stored.image_index = asked.place
                    LIMIT 1
                ) AS image ON true
                LEFT JOIN (
                    SELECT
                        pg_catalog.unnest(kept.scene_indexes),
                        pg_catalog.unnest(kept.generations)
                    FROM scene_sync_api.memories AS kept
                    WHERE kept.project_id = save_images.project
                ) AS memory (scene, generation) ON memory.scene = asked.scene
            );
        EXCEPTION
            WHEN SQLSTATE 'PT503' THEN
                NULL;
            WHEN foreign_key_violation THEN
                IF scene_sync_api.sees(project) THEN
                    RAISE;
                END IF;
                RAISE EXCEPTION 'there is no project %', project
                    USING ERRCODE = 'PT404', CONSTRAINT = 'unknown-project', DETAIL = '{}';
        END;
    END LOOP;
    RAISE EXCEPTION 'the places change faster than images can be saved' USING ERRCODE = 'object_in_use';
END;
$$;

GRANT EXECUTE ON FUNCTION scene_sync_api.save_images(uuid, jsonb, boolean) TO PUBLIC;
