-- Lets only those regenerate a scene without images who may update the project's row, in which its pictures
-- are stored. Runs as the caller, so that its rights and policies count. The lock is that of a foreign key's
-- check: nobody waits for it but who deletes the project.
CREATE OR REPLACE FUNCTION scene_sync_api.may_regenerate()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM
    FROM public.content_creation_requests AS request
    WHERE request.id = NEW.project_id
    FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the project % is not there, or not %''s to update', NEW.project_id, current_user
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync_api.may_regenerate() FROM PUBLIC;
