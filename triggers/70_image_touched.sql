-- Moves updated_at, also between two updates in one transaction.
CREATE OR REPLACE FUNCTION scene_sync.image_touched()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END;
$$;

REVOKE ALL ON FUNCTION scene_sync.image_touched() FROM PUBLIC;
