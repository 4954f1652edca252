-- Remembers, before a TRUNCATE, every scene that has images; afterwards nobody could tell.
CREATE OR REPLACE FUNCTION scene_sync.record_truncated_images()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    number bigint := nextval('scene_sync.change_number');
BEGIN
    INSERT INTO scene_sync.deletions (project, scene, xid, n)
    SELECT DISTINCT
        image.content_creation_request_id,
        image.scene_index,
        pg_current_xact_id(),
        number
    FROM public.generated_images AS image
    WHERE image.content_creation_request_id IS NOT NULL
        AND image.scene_index IS NOT NULL;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.record_truncated_images() FROM PUBLIC;
