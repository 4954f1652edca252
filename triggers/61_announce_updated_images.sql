-- Announces updated images, once for each project: where they are, and where they were. Whether one has left
-- its scene is not asked here; what the scenes have lost is looked up.
CREATE OR REPLACE FUNCTION scene_sync.announce_updated_images()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    busy boolean := pg_try_advisory_xact_lock_shared(1397971278, 2);
BEGIN
    PERFORM scene_sync.announce(
        busy,
        'update',
        side.project,
        greatest(count(*) FILTER (WHERE side.is_new), count(*) FILTER (WHERE NOT side.is_new)),
        coalesce(array_agg(side.scene) FILTER (WHERE side.scene IS NOT NULL), '{}'),
        array_agg(side.place) FILTER (WHERE side.scene IS NOT NULL),
        array_agg(side.scene) FILTER (WHERE side.scene IS NOT NULL AND NOT side.is_new)
    )
    FROM (
        SELECT
            image.content_creation_request_id,
            image.scene_index,
            image.image_index,
            true
        FROM new_rows AS image
        UNION ALL
        SELECT
            image.content_creation_request_id,
            image.scene_index,
            image.image_index,
            false
        FROM old_rows AS image
    ) AS side (project, scene, place, is_new)
    WHERE side.project IS NOT NULL
    GROUP BY side.project;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_updated_images() FROM PUBLIC;
