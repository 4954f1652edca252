-- The same in a token's name: as its role, with the rights and the policies that it has. 404 for what the role does not
-- see, 403 for what it may not do, 401 where the role is not to be had.
--
-- Runs as the daemon, which is a member of the role. A key is its caller's own: others may choose the same one.
CREATE OR REPLACE FUNCTION scene_sync.write_as(
    role_name text,
    claims text,
    operation text,
    project uuid,
    argument jsonb,
    key text DEFAULT NULL
)
RETURNS TABLE (
    status integer,
    problem text,
    answer text,
    token text
)
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    mine text := pg_catalog.current_setting('role');
    path text := scene_sync.app_path();
    keyed text := key || E'\n' || pg_catalog.encode(
        pg_catalog.sha256(pg_catalog.convert_to(role_name || ' ' || coalesce(claims::json ->> 'sub', ''), 'UTF8')),
        'hex'
    );
BEGIN
    IF NOT scene_sync.assume(role_name, claims) THEN
        RETURN QUERY SELECT 401, 'role', '{}', NULL::text;
        RETURN;
    END IF;
    BEGIN
        status := CASE WHEN scene_sync_api.sees(project) THEN 200 ELSE 404 END;
    EXCEPTION
        WHEN insufficient_privilege THEN
            status := 404;
    END;
    PERFORM pg_catalog.set_config('role', mine, true);
    IF status = 404 THEN
        RETURN QUERY SELECT 404, 'unknown-project', '{}', NULL::text;
        RETURN;
    END IF;
    IF key IS NOT NULL THEN
        RETURN QUERY SELECT kept.* FROM scene_sync.kept_answer(operation, project, argument, keyed) AS kept;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    BEGIN
        PERFORM scene_sync.assume(role_name, claims);
        SELECT attempt.*
        INTO status, problem, answer
        FROM scene_sync_api.attempt(operation, project, argument, path) AS attempt;
        PERFORM pg_catalog.set_config('role', mine, true);
    EXCEPTION
        WHEN insufficient_privilege THEN
            RETURN QUERY SELECT 403, 'forbidden', '{}', NULL::text;
            RETURN;
    END;
    IF problem IS NULL THEN
        token := scene_sync.cluster() || '-' || pg_catalog.pg_current_xact_id();
    END IF;
    IF key IS NOT NULL AND status <> 404 THEN
        PERFORM scene_sync.keep_answer(operation, project, argument, keyed, status, problem, answer, token);
    END IF;
    RETURN NEXT;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.write_as(text, text, text, uuid, jsonb, text) FROM PUBLIC;
