-- Checks the app's tables, refuses those that cannot be followed, records whether a place is unique, and follows images
-- from partition to partition.
-- Called by every migrate, since the app may have changed its tables.
CREATE OR REPLACE FUNCTION scene_sync.examine()
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    images regclass := 'public.generated_images';
    projects regclass := 'public.content_creation_requests';
    immediate boolean;
    nullable boolean;
BEGIN
    -- Of the unique keys on exactly a project's place, whether one is checked row by row; NULL if none is there.
    SELECT bool_or(index.indimmediate)
    INTO immediate
    FROM pg_index AS index
    WHERE index.indrelid = images
        AND index.indisunique
        AND index.indisvalid
        AND index.indpred IS NULL
        AND index.indnkeyatts = 3
        AND (
            SELECT array_agg(attribute.attname::text ORDER BY attribute.attname)
            FROM pg_attribute AS attribute
            WHERE attribute.attrelid = images
                AND attribute.attnum = ANY (index.indkey[0:2])
        ) = ARRAY['content_creation_request_id', 'image_index', 'scene_index'];
    IF NOT immediate THEN
        RAISE EXCEPTION 'the unique key of % is DEFERRABLE, so changes of one place could arrive in the wrong order', images
            USING
                ERRCODE = 'object_not_in_prerequisite_state',
                HINT = 'Replace it by a UNIQUE (content_creation_request_id, scene_index, image_index) that is NOT DEFERRABLE.';
    END IF;

    IF row_security_active(images) OR row_security_active(projects) THEN
        RAISE EXCEPTION 'row security hides rows of the app''s tables from their owner %', current_user
            USING
                ERRCODE = 'object_not_in_prerequisite_state',
                HINT = 'Use ALTER TABLE ... NO FORCE ROW LEVEL SECURITY, or give the owner BYPASSRLS.';
    END IF;

    -- Only there: it is told the rows of every update.
    IF EXISTS (SELECT FROM pg_class WHERE oid = images AND relkind = 'p')
        AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = images AND tgname = 'scene_sync_1_record_update')
    THEN
        CREATE TRIGGER scene_sync_1_record_update
        AFTER UPDATE ON public.generated_images
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT
        EXECUTE FUNCTION scene_sync.record_departed_images();
    END IF;

    SELECT bool_or(NOT attribute.attnotnull)
    INTO nullable
    FROM pg_attribute AS attribute
    WHERE attribute.attrelid = images
        AND attribute.attname IN ('content_creation_request_id', 'scene_index', 'image_index', 'image_url');

    UPDATE scene_sync.settings AS settings
    SET keyed = immediate IS TRUE AND NOT nullable
    WHERE settings.keyed <> (immediate IS TRUE AND NOT nullable);
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.examine() FROM PUBLIC;
