-- Saves images as save_images does, and gives those that are at their places already the new URLs.
CREATE OR REPLACE FUNCTION scene_sync_api.upsert_images(project uuid, images jsonb)
RETURNS json
LANGUAGE sql
VOLATILE
AS $$
    SELECT scene_sync_api.save_images(project, images, true);
$$;

GRANT EXECUTE ON FUNCTION scene_sync_api.upsert_images(uuid, jsonb) TO PUBLIC;
