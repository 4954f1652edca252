-- What the daemon's write API does, as the owner. Answers what HTTP is to answer; `token` names the transaction.
--
-- A `key` is kept for a day with the answer, and gets it again; what was refused, because of the state that the
-- project was in, is an answer too.
CREATE OR REPLACE FUNCTION scene_sync.write(operation text, project uuid, argument jsonb, key text DEFAULT NULL)
RETURNS TABLE (
    status integer,
    problem text,
    answer text,
    token text
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF key IS NOT NULL THEN
        RETURN QUERY SELECT kept.* FROM scene_sync.kept_answer(operation, project, argument, key) AS kept;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    SELECT attempt.*
    INTO status, problem, answer
    FROM scene_sync_api.attempt(operation, project, argument, scene_sync.app_path()) AS attempt;
    IF problem IS NULL THEN
        token := scene_sync.cluster() || '-' || pg_current_xact_id();
    END IF;
    IF key IS NOT NULL AND status <> 404 THEN
        PERFORM scene_sync.keep_answer(operation, project, argument, key, status, problem, answer, token);
    END IF;
    RETURN NEXT;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.write(text, uuid, jsonb, text) FROM PUBLIC;
