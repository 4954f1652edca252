-- Gives a role what the daemon needs, and nothing else: no right on any table.
CREATE OR REPLACE PROCEDURE scene_sync.grant_to_daemon(role_name name)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA scene_sync TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.channel() TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.signing_key() TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.load(uuid[]) TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.compare(uuid[], text[]) TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.read_changes(pg_snapshot, text, boolean) TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.prune_changes(pg_snapshot, pg_snapshot) TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.fold_deletions(integer) TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.cluster() TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.write(text, uuid, jsonb, text) TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.generations(uuid) TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.prune_answers(integer) TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.app_path() TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.assume(text, text) TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.image_count(uuid) TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.kept_answer(text, uuid, jsonb, text) TO %I', role_name);
    EXECUTE format(
        'GRANT EXECUTE ON FUNCTION scene_sync.keep_answer(text, uuid, jsonb, text, integer, text, text, text) TO %I',
        role_name
    );
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.may_read(text, text, uuid) TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION scene_sync.write_as(text, text, text, uuid, jsonb, text) TO %I', role_name);
END;
$$;

REVOKE ALL ON PROCEDURE scene_sync.grant_to_daemon(name) FROM PUBLIC;
