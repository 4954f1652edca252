-- Announces inserted images, once for each project. A single image, which is what the app saves all day,
-- takes the first statement and no other; what it announces is looked up for the reason that
-- announce_images gives. LIMIT tells the planner what the count will: without it, a plan made for a large
-- statement is compiled by JIT, and kept for the small ones.
CREATE OR REPLACE FUNCTION scene_sync.images_inserted()
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
        'insert',
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
    WHERE (SELECT count(*) FROM new_rows) = 1
        AND (
            SELECT settings.keyed AND current_setting('transaction_isolation') <> 'serializable'
            FROM scene_sync.settings AS settings
        );
    IF announced THEN
        RETURN NULL;
    END IF;

    PERFORM scene_sync.announce_images(
        'insert',
        image.content_creation_request_id,
        count(*),
        array_agg(image.scene_index) FILTER (WHERE image.scene_index IS NOT NULL),
        array_agg(image.image_index) FILTER (WHERE image.scene_index IS NOT NULL),
        NULL
    )
    FROM new_rows AS image
    WHERE image.content_creation_request_id IS NOT NULL
    GROUP BY image.content_creation_request_id;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.images_inserted() FROM PUBLIC;
