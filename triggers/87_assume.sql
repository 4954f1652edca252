-- Goes on in a token's name until the transaction ends, as Supabase has it: as its role, with its claims as a setting, and
-- with the app's names found where the app has them. Whether that is allowed; for a role that is not there, or that the
-- daemon is no member of, it is not. Pins no search_path, which would be its own only.
CREATE OR REPLACE FUNCTION scene_sync.assume(role_name text, claims text)
RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
    -- For PostgreSQL this is no role, but the end of another's.
    IF role_name IN ('', 'none') THEN
        RETURN false;
    END IF;
    PERFORM
        pg_catalog.set_config('search_path', scene_sync.app_path(), true),
        pg_catalog.set_config('request.jwt.claims', claims, true),
        pg_catalog.set_config('role', role_name, true);
    RETURN true;
EXCEPTION
    WHEN invalid_parameter_value OR insufficient_privilege THEN
        RETURN false;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.assume(text, text) FROM PUBLIC;
