-- Announces deleted images, as 60 does inserted ones.
CREATE OR REPLACE FUNCTION scene_sync.announce_deleted_images()
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
            'delete'::pg_catalog.text,
            image.content_creation_request_id,
            image.scene_index,
            image.image_index,
            true,
            1
        FROM old_rows AS image
        WHERE image.content_creation_request_id IS NOT NULL
        LIMIT 1000;
        GET DIAGNOSTICS told = ROW_COUNT;
        IF told OPERATOR(pg_catalog.=) 1000 THEN
            INSERT INTO scene_sync.changes (operation, project, touched)
            SELECT
                'delete',
                rest.project,
                pg_catalog.count(*)
            FROM (
                SELECT image.content_creation_request_id AS project
                FROM old_rows AS image
                WHERE image.content_creation_request_id IS NOT NULL
                OFFSET 1000
            ) AS rest
            GROUP BY rest.project;
        END IF;
    ELSE
        PERFORM scene_sync.notify(
            'delete',
            image.content_creation_request_id,
            pg_catalog.count(*),
            coalesce(pg_catalog.array_agg(image.scene_index::pg_catalog.int4) FILTER (WHERE image.scene_index IS NOT NULL), '{}'),
            pg_catalog.array_agg(image.image_index::pg_catalog.int4) FILTER (WHERE image.scene_index IS NOT NULL),
            pg_catalog.array_agg(image.scene_index::pg_catalog.int4) FILTER (WHERE image.scene_index IS NOT NULL)
        )
        FROM old_rows AS image
        WHERE image.content_creation_request_id IS NOT NULL
        GROUP BY image.content_creation_request_id;
    END IF;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_deleted_images() FROM PUBLIC;
