-- Announces that the images of all projects are gone.
CREATE OR REPLACE FUNCTION scene_sync.announce_truncated_images()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM scene_sync.announce_project('truncate', NULL);
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.announce_truncated_images() FROM PUBLIC;
