-- Begins a save or a regeneration of a project: waits for those of others, until the transaction ends. They alone
-- take this lock; an INSERT, UPDATE or DELETE of the app's own waits for none of them.
--
-- What is then read has to be newer than the lock, so each statement needs a snapshot of its own.
CREATE OR REPLACE FUNCTION scene_sync_api.take_turn(project uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE
AS $$
BEGIN
    IF pg_catalog.current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'scene_sync_api writes at READ COMMITTED only'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM pg_catalog.pg_advisory_xact_lock(1397971279, pg_catalog.uuid_hash(project));
    IF project IS NULL OR NOT scene_sync_api.sees(project) THEN
        RAISE EXCEPTION 'there is no project %', project
            USING ERRCODE = 'PT404', CONSTRAINT = 'unknown-project', DETAIL = '{}';
    END IF;
END;
$$;

GRANT EXECUTE ON FUNCTION scene_sync_api.take_turn(uuid) TO PUBLIC;
