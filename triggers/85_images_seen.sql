-- How many images of a project its caller can read; NULL if it cannot read the project's row.
CREATE OR REPLACE FUNCTION scene_sync_api.images_seen(project uuid)
RETURNS bigint
LANGUAGE plpgsql
STABLE
AS $$
BEGIN
    IF NOT scene_sync_api.sees(project) THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT pg_catalog.count(*)
        FROM public.generated_images AS image
        WHERE image.content_creation_request_id = images_seen.project
    );
END;
$$;

GRANT EXECUTE ON FUNCTION scene_sync_api.images_seen(uuid) TO PUBLIC;
