-- What was answered to a request that bore this key, within a day; or that such a request runs, or was another one. No
-- row: go on, and nobody else will under this key before the transaction ends.
CREATE OR REPLACE FUNCTION scene_sync.kept_answer(operation text, project uuid, argument jsonb, key text)
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
#variable_conflict use_column
DECLARE
    kept scene_sync.answers;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended(project || ' ' || key, 1397971279)) THEN
        RETURN QUERY SELECT 409, 'request-running', '{}', NULL::text;
        RETURN;
    END IF;
    SELECT found.*
    INTO kept
    FROM scene_sync.answers AS found
    WHERE found.project = kept_answer.project
        AND found.key = kept_answer.key
        AND found.at >= clock_timestamp() - interval '24 hours';
    IF FOUND THEN
        IF kept.digest = sha256(convert_to(operation || ' ' || coalesce(argument::text, ''), 'UTF8')) THEN
            RETURN QUERY SELECT kept.status, kept.problem, kept.answer, kept.token;
        ELSE
            RETURN QUERY SELECT 422, 'key-reused', '{}', NULL::text;
        END IF;
    END IF;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.kept_answer(text, uuid, jsonb, text) FROM PUBLIC;
