-- Does what the daemon's write API is asked for, as its caller: a `save`, an `upsert`, or to `regenerate`. Answers what
-- HTTP is to answer. What is refused because of the state that the project is in is an answer too.
--
-- What the app's triggers and policies name is looked for along `path` meanwhile. What they defer to the transaction's end
-- is done before that is over: later it would be done as the daemon.
CREATE OR REPLACE FUNCTION scene_sync_api.attempt(operation text, project uuid, argument jsonb, path text)
RETURNS TABLE (
    status integer,
    problem text,
    answer text
)
LANGUAGE plpgsql
VOLATILE
AS $$
DECLARE
    before text := pg_catalog.current_setting('search_path');
    refusal text;
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
            answer := scene_sync_api.regenerate(
                project,
                CASE WHEN argument IS NOT NULL THEN ARRAY (
                    SELECT scene.number::integer
                    FROM pg_catalog.jsonb_array_elements_text(argument) AS scene (number)
                ) END
            );
    END CASE;
    SET CONSTRAINTS ALL IMMEDIATE;
    PERFORM pg_catalog.set_config('search_path', before, true);
    RETURN NEXT;
EXCEPTION
    WHEN SQLSTATE 'PT400' OR SQLSTATE 'PT404' OR SQLSTATE 'PT409' THEN
        GET STACKED DIAGNOSTICS
            refusal = RETURNED_SQLSTATE,
            problem = CONSTRAINT_NAME,
            answer = PG_EXCEPTION_DETAIL;
        status := pg_catalog.right(refusal, 3)::integer;
        RETURN NEXT;
    WHEN foreign_key_violation THEN
        IF scene_sync_api.sees(project) THEN
            RAISE;
        END IF;
        status := 404;
        problem := 'unknown-project';
        answer := '{}';
        RETURN NEXT;
END;
$$;

GRANT EXECUTE ON FUNCTION scene_sync_api.attempt(text, uuid, jsonb, text) TO PUBLIC;
