-- Announces updated images, once for each project. A row that moved counts where it went, and where it
-- came from if that is another project; a row that shows the same as before only counts. A single image
-- that stays in its place, as in an upsert, takes the first statement and no other.
--
-- FULL JOIN, because no plan for it compares every row with every other: the plan made for an update of
-- one row serves the next one of ten thousand.
CREATE OR REPLACE FUNCTION scene_sync.images_updated()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET trace_notify = off
AS $$
DECLARE
    announced boolean;
BEGIN
    SELECT scene_sync.announce(
        'update',
        image.content_creation_request_id,
        nextval('scene_sync.change_number'),
        1,
        '"set":[[' || image.scene_index || ',' || image.image_index || ',' || (
            SELECT to_json(stored.image_url)
            FROM public.generated_images AS stored
            WHERE stored.content_creation_request_id = image.content_creation_request_id
                AND stored.scene_index = image.scene_index
                AND stored.image_index = image.image_index
                AND octet_length(stored.image_url) <= 7999
            LIMIT 1
        ) || ']]'
    )
    INTO announced
    FROM (SELECT * FROM new_rows LIMIT 1) AS image
    JOIN (SELECT * FROM old_rows LIMIT 1) AS was
        ON was.content_creation_request_id = image.content_creation_request_id
        AND was.scene_index = image.scene_index
        AND was.image_index = image.image_index
    WHERE (SELECT count(*) FROM new_rows) = 1
        AND (
            SELECT settings.keyed AND current_setting('transaction_isolation') <> 'serializable'
            FROM scene_sync.settings AS settings
        );
    IF announced THEN
        RETURN NULL;
    END IF;

    PERFORM scene_sync.announce_images(
        'update',
        side.project,
        count(*) FILTER (WHERE side.counts),
        array_agg(side.scene) FILTER (WHERE side.shown AND side.scene IS NOT NULL),
        array_agg(side.place) FILTER (WHERE side.shown AND side.scene IS NOT NULL),
        array_agg(DISTINCT side.scene) FILTER (WHERE side.leaves AND side.scene IS NOT NULL)
    )
    FROM old_rows AS was
    FULL JOIN new_rows AS now ON now.id = was.id
    CROSS JOIN LATERAL (
        VALUES
            (
                now.content_creation_request_id,
                now.scene_index,
                now.image_index,
                now.content_creation_request_id IS DISTINCT FROM was.content_creation_request_id
                    OR now.scene_index IS DISTINCT FROM was.scene_index
                    OR now.image_index IS DISTINCT FROM was.image_index
                    OR now.image_url IS DISTINCT FROM was.image_url,
                false,
                true
            ),
            (
                was.content_creation_request_id,
                was.scene_index,
                was.image_index,
                now.content_creation_request_id IS DISTINCT FROM was.content_creation_request_id
                    OR now.scene_index IS DISTINCT FROM was.scene_index
                    OR now.image_index IS DISTINCT FROM was.image_index,
                now.content_creation_request_id IS DISTINCT FROM was.content_creation_request_id
                    OR now.scene_index IS DISTINCT FROM was.scene_index,
                now.content_creation_request_id IS DISTINCT FROM was.content_creation_request_id
            )
    ) AS side (project, scene, place, shown, leaves, counts)
    WHERE side.project IS NOT NULL
        AND (side.shown OR side.counts)
    GROUP BY side.project;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.images_updated() FROM PUBLIC;
