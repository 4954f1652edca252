-- Announces updated images, as 60 does inserted ones: where they are, and where they were. Whether one has
-- left its scene is not asked here; what the scenes have lost is looked up.
CREATE OR REPLACE FUNCTION scene_sync.announce_updated_images()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
AS $$
<<announcement>>
DECLARE
    number bigint;
    told bigint;
BEGIN
    IF pg_catalog.pg_try_advisory_xact_lock_shared(1397971278, 1) THEN
        RETURN NULL;
    END IF;

    IF pg_catalog.pg_try_advisory_xact_lock_shared(1397971278, 2) THEN
        number := pg_catalog.nextval('scene_sync.change_number');
        INSERT INTO scene_sync.changes (
            xid, n, at, began, pid, operation, project, scene, place, is_past, touched
        )
        SELECT
            pg_catalog.pg_current_xact_id(),
            announcement.number,
            pg_catalog.clock_timestamp(),
            CURRENT_TIMESTAMP,
            pg_catalog.pg_backend_pid(),
            'update'::pg_catalog.text,
            side.project,
            side.scene,
            side.place,
            side.is_past,
            side.touched
        FROM (
            SELECT
                image.content_creation_request_id,
                image.scene_index,
                image.image_index,
                false,
                1
            FROM new_rows AS image
            UNION ALL
            SELECT
                image.content_creation_request_id,
                image.scene_index,
                image.image_index,
                true,
                0
            FROM old_rows AS image
        ) AS side (project, scene, place, is_past, touched)
        WHERE side.project IS NOT NULL
        LIMIT 1000;
        GET DIAGNOSTICS told = ROW_COUNT;
        IF told OPERATOR(pg_catalog.=) 1000 THEN
            INSERT INTO scene_sync.changes (operation, project, touched)
            SELECT
                'update',
                rest.project,
                pg_catalog.sum(rest.touched)
            FROM (
                SELECT
                    side.project,
                    side.touched
                FROM (
                    SELECT
                        image.content_creation_request_id,
                        image.scene_index,
                        image.image_index,
                        false,
                        1
                    FROM new_rows AS image
                    UNION ALL
                    SELECT
                        image.content_creation_request_id,
                        image.scene_index,
                        image.image_index,
                        true,
                        0
                    FROM old_rows AS image
                ) AS side (project, scene, place, is_past, touched)
                WHERE side.project IS NOT NULL
                OFFSET 1000
            ) AS rest
            GROUP BY rest.project;
        END IF;
    ELSE
        PERFORM scene_sync.notify(
            'update',
            side.project,
            pg_catalog.sum(side.touched),
            coalesce(pg_catalog.array_agg(side.scene::pg_catalog.int4) FILTER (WHERE side.scene IS NOT NULL), '{}'),
            pg_catalog.array_agg(side.place::pg_catalog.int4) FILTER (WHERE side.scene IS NOT NULL),
            pg_catalog.array_agg(side.scene::pg_catalog.int4) FILTER (WHERE side.is_past AND side.scene IS NOT NULL)
        )
        FROM (
            SELECT
                image.content_creation_request_id,
                image.scene_index,
                image.image_index,
                false,
                1
            FROM new_rows AS image
            UNION ALL
            SELECT
                image.content_creation_request_id,
                image.scene_index,
                image.image_index,
                true,
                0
            FROM old_rows AS image
        ) AS side (project, scene, place, is_past, touched)
        WHERE side.project IS NOT NULL
        GROUP BY side.project;
    END IF;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_updated_images() FROM PUBLIC;
