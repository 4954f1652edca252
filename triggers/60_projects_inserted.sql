-- Announces each inserted project.
CREATE OR REPLACE FUNCTION scene_sync.projects_inserted()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET trace_notify = off
AS $$
BEGIN
    PERFORM scene_sync.announce(
        'project_insert',
        request.id,
        nextval('scene_sync.change_number'),
        1,
        '"reload":true'
    )
    FROM new_rows AS request;
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.projects_inserted() FROM PUBLIC;
