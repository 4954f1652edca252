-- How many images of a project there are, whoever asks.
CREATE OR REPLACE FUNCTION scene_sync.image_count(project uuid)
RETURNS bigint
LANGUAGE plpgsql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
BEGIN
    RETURN (
        SELECT count(*)
        FROM public.generated_images AS image
        WHERE image.content_creation_request_id = image_count.project
    );
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.image_count(uuid) FROM PUBLIC;
