-- Announces inserted images: not at all if nobody listens, by rows of the table while the daemons are busy,
-- else by one notification for each project.
--
-- Which of it is the statement's one decision, made before anything else. A daemon holds the lock 1 for as
-- long as it listens, or waits for it behind another one; and the lock 2 while it wants notifications. Who
-- gets a lock instead keeps it until the transaction ends, so a daemon that gets it back knows that no
-- silent change is under way any more, or that no row is still to come.
--
-- This is what writers pay, so it is as little as possible: one statement without aggregates. Every column is
-- named, in the table's order and of its type: only then does PostgreSQL not compute each row twice, below the
-- LIMIT and above it. A statement has one number: 10 rows with one each cost an eighth more. Beyond 1,000 places
-- whole projects are named. To set a search_path would cost a third more, and to decide in the
-- trigger's WHEN an eighth; every name is qualified instead, operators too. (The transition tables come
-- before anything that a search_path could find.)
CREATE OR REPLACE FUNCTION scene_sync.announce_inserted_images()
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
            'insert'::pg_catalog.text,
            image.content_creation_request_id,
            image.scene_index,
            image.image_index,
            false,
            1
        FROM new_rows AS image
        WHERE image.content_creation_request_id IS NOT NULL
        LIMIT 1000;
        GET DIAGNOSTICS told = ROW_COUNT;
        IF told OPERATOR(pg_catalog.=) 1000 THEN
            INSERT INTO scene_sync.changes (operation, project, touched)
            SELECT
                'insert',
                rest.project,
                pg_catalog.count(*)
            FROM (
                SELECT image.content_creation_request_id AS project
                FROM new_rows AS image
                WHERE image.content_creation_request_id IS NOT NULL
                OFFSET 1000
            ) AS rest
            GROUP BY rest.project;
        END IF;
    ELSE
        PERFORM scene_sync.notify(
            'insert',
            image.content_creation_request_id,
            pg_catalog.count(*),
            coalesce(pg_catalog.array_agg(image.scene_index::pg_catalog.int4) FILTER (WHERE image.scene_index IS NOT NULL), '{}'),
            pg_catalog.array_agg(image.image_index::pg_catalog.int4) FILTER (WHERE image.scene_index IS NOT NULL)
        )
        FROM new_rows AS image
        WHERE image.content_creation_request_id IS NOT NULL
        GROUP BY image.content_creation_request_id;
    END IF;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_inserted_images() FROM PUBLIC;
