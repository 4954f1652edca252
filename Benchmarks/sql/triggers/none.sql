-- Drops every trigger of the two tables, ours and those of the comparisons.
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT trigger.tgname, trigger.tgrelid::regclass AS relation
        FROM pg_trigger AS trigger
        WHERE trigger.tgrelid IN ('generated_images'::regclass, 'content_creation_requests'::regclass)
            AND NOT trigger.tgisinternal
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', found.tgname, found.relation);
    END LOOP;
END;
$$;
