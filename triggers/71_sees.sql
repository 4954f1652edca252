-- Whether the caller can read this project's row.
CREATE OR REPLACE FUNCTION scene_sync_api.sees(project uuid)
RETURNS boolean
LANGUAGE plpgsql
STABLE
AS $$
BEGIN
    RETURN EXISTS (
        SELECT
        FROM public.content_creation_requests AS request
        WHERE request.id = sees.project
    );
END;
$$;

GRANT EXECUTE ON FUNCTION scene_sync_api.sees(uuid) TO PUBLIC;
