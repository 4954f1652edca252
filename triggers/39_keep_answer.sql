-- Keeps what a request is answered, for the same request under the same key.
CREATE OR REPLACE FUNCTION scene_sync.keep_answer(
    operation text,
    project uuid,
    argument jsonb,
    key text,
    status integer,
    problem text,
    answer text,
    token text
)
RETURNS void
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO scene_sync.answers AS old (project, key, digest, status, problem, answer, token)
    VALUES (
        project,
        key,
        sha256(convert_to(operation || ' ' || coalesce(argument::text, ''), 'UTF8')),
        status,
        problem,
        answer,
        token
    )
    ON CONFLICT (project, key) DO UPDATE
    SET digest = excluded.digest,
        status = excluded.status,
        problem = excluded.problem,
        answer = excluded.answer,
        token = excluded.token,
        at = excluded.at;
$$;

REVOKE ALL ON FUNCTION scene_sync.keep_answer(text, uuid, jsonb, text, integer, text, text, text) FROM PUBLIC;
