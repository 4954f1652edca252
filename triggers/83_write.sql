-- What the daemon's write API does, as the owner: a `save`, an `upsert`, or to `regenerate`, by the functions of
-- scene_sync_api. Answers what HTTP is to answer; `token` names the transaction.
--
-- What the app's triggers name is looked for in the app's schema meanwhile.
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
#variable_conflict use_column
DECLARE
    body_digest bytea;
    kept scene_sync.answers;
    refusal text;
    scenes integer[];
    path text;
BEGIN
    IF operation = 'regenerate' AND argument IS NOT NULL THEN
        scenes := ARRAY (
            SELECT scene.number::integer
            FROM jsonb_array_elements_text(argument) AS scene (number)
        );
    END IF;
    IF key IS NOT NULL THEN
        IF NOT pg_try_advisory_xact_lock(hashtextextended(project || ' ' || key, 1397971279)) THEN
            RETURN QUERY SELECT 409, 'request-running', '{}', NULL::text;
            RETURN;
        END IF;
        body_digest := sha256(convert_to(operation || ' ' || coalesce(argument::text, ''), 'UTF8'));
        SELECT found.*
        INTO kept
        FROM scene_sync.answers AS found
        WHERE found.project = write.project
            AND found.key = write.key
            AND found.at >= clock_timestamp() - interval '24 hours';
        IF FOUND THEN
            IF kept.digest = body_digest THEN
                RETURN QUERY SELECT kept.status, kept.problem, kept.answer, kept.token;
            ELSE
                RETURN QUERY SELECT 422, 'key-reused', '{}', NULL::text;
            END IF;
            RETURN;
        END IF;
    END IF;

    SELECT format('%I, pg_temp', settings.app_schema)
    INTO path
    FROM scene_sync.settings AS settings;
    BEGIN
        PERFORM pg_catalog.set_config('search_path', path, true);
        CASE operation
            WHEN 'save' THEN
                status := 201;
                answer := scene_sync_api.save_images(project, argument);
            WHEN 'upsert' THEN
                status := 200;
                answer := scene_sync_api.save_images(project, argument, true);
            WHEN 'regenerate' THEN
                status := 200;
                answer := scene_sync_api.regenerate(project, scenes);
        END CASE;
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        token := scene_sync.cluster() || '-' || pg_current_xact_id();
    EXCEPTION
        WHEN SQLSTATE 'PT400' OR SQLSTATE 'PT404' OR SQLSTATE 'PT409' THEN
            GET STACKED DIAGNOSTICS
                refusal = RETURNED_SQLSTATE,
                problem = CONSTRAINT_NAME,
                answer = PG_EXCEPTION_DETAIL;
            status := right(refusal, 3)::integer;
    END;

    IF key IS NOT NULL AND status <> 404 THEN
        INSERT INTO scene_sync.answers AS old (project, key, digest, status, problem, answer, token)
        VALUES (project, key, body_digest, status, problem, answer, token)
        ON CONFLICT (project, key) DO UPDATE
        SET digest = excluded.digest,
            status = excluded.status,
            problem = excluded.problem,
            answer = excluded.answer,
            token = excluded.token,
            at = excluded.at;
    END IF;
    RETURN NEXT;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.write(text, uuid, jsonb, text) FROM PUBLIC;
