-- What most people begin with: each row is announced, whole, as JSON.
CREATE OR REPLACE FUNCTION bench.announce_row()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM pg_notify('images', row_to_json(NEW)::text);
    RETURN NULL;
END;
$$;

CREATE TRIGGER announce_row
AFTER INSERT OR UPDATE ON generated_images
FOR EACH ROW
EXECUTE FUNCTION bench.announce_row();
