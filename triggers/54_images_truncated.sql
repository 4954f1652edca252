-- Announces that the images of all projects are gone.
CREATE OR REPLACE FUNCTION scene_sync.images_truncated()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET trace_notify = off
AS $$
BEGIN
    PERFORM scene_sync.announce('truncate', NULL, nextval('scene_sync.change_number'), 0, '"reload":true');
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.images_truncated() FROM PUBLIC;
