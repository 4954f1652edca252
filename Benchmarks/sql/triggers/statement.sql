-- One announcement for each project of a statement. The works write at most 10 rows at a time, which fit into it.
CREATE OR REPLACE FUNCTION bench.announce_statement()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM pg_notify(
        'images',
        json_build_object(
            'project', image.content_creation_request_id,
            'images', json_agg(json_build_array(image.scene_index, image.image_index, image.image_url))
        )::text
    )
    FROM new_rows AS image
    GROUP BY image.content_creation_request_id;
    RETURN NULL;
END;
$$;

CREATE TRIGGER announce_inserted
AFTER INSERT ON generated_images
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT
EXECUTE FUNCTION bench.announce_statement();

CREATE TRIGGER announce_updated
AFTER UPDATE ON generated_images
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT
EXECUTE FUNCTION bench.announce_statement();
