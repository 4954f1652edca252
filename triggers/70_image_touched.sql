-- Moves updated_at, also between two updates in one transaction. Each updated row pays for it, and to set a
-- search_path would double that; the one name is qualified instead.
CREATE OR REPLACE FUNCTION scene_sync.image_touched()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.updated_at := pg_catalog.clock_timestamp();
    RETURN NEW;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.image_touched() FROM PUBLIC;
