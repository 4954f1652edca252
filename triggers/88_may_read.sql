-- Whether a token's role can read a project: its row, and as many of its images as exist. 'readable', 'hidden', or
-- 'role' where the role is not to be had.
--
-- Being STABLE it takes both counts in one snapshot. Images are counted without the role only where the row is seen, so
-- that for a project which is hidden the same is done as for one that does not exist.
CREATE OR REPLACE FUNCTION scene_sync.may_read(role_name text, claims text, project uuid)
RETURNS text
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    mine text := pg_catalog.current_setting('role');
    seen bigint;
BEGIN
    PERFORM pg_catalog.set_config('transaction_read_only', 'on', true);
    IF NOT scene_sync.assume(role_name, claims) THEN
        RETURN 'role';
    END IF;
    BEGIN
        seen := scene_sync_api.images_seen(project);
    EXCEPTION
        WHEN insufficient_privilege THEN
            RETURN 'hidden';
    END;
    IF seen IS NULL THEN
        RETURN 'hidden';
    END IF;
    PERFORM pg_catalog.set_config('role', mine, true);
    RETURN CASE WHEN seen = scene_sync.image_count(project) THEN 'readable' ELSE 'hidden' END;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.may_read(text, text, uuid) FROM PUBLIC;
