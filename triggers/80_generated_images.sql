-- What is to be remembered is recorded before it is announced: triggers fire in the order of their names.

-- Keeps updated_at true.
CREATE OR REPLACE TRIGGER scene_sync_touch
BEFORE UPDATE ON public.generated_images
FOR EACH ROW
EXECUTE FUNCTION scene_sync.image_touched();

-- Fires for each image that has left its scene.
CREATE OR REPLACE TRIGGER scene_sync_1_record_move
AFTER UPDATE ON public.generated_images
FOR EACH ROW
WHEN (
    OLD.scene_index IS DISTINCT FROM NEW.scene_index
    OR OLD.content_creation_request_id IS DISTINCT FROM NEW.content_creation_request_id
)
EXECUTE FUNCTION scene_sync.record_moved_image();

-- Fires once a statement, with the rows it deleted.
CREATE OR REPLACE TRIGGER scene_sync_1_record_delete
AFTER DELETE ON public.generated_images
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.record_deleted_images();

-- Fires while the rows are still there.
CREATE OR REPLACE TRIGGER scene_sync_1_record_truncate
BEFORE TRUNCATE ON public.generated_images
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.record_truncated_images();

-- Fires once a statement, with the rows it inserted.
CREATE OR REPLACE TRIGGER scene_sync_2_announce_insert
AFTER INSERT ON public.generated_images
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.announce_inserted_images();

-- Fires once a statement, with the rows as they were and as they are.
CREATE OR REPLACE TRIGGER scene_sync_2_announce_update
AFTER UPDATE ON public.generated_images
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.announce_updated_images();

-- Fires once a statement, with the rows it deleted.
CREATE OR REPLACE TRIGGER scene_sync_2_announce_delete
AFTER DELETE ON public.generated_images
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.announce_deleted_images();

-- Fires when the rows are gone.
CREATE OR REPLACE TRIGGER scene_sync_2_announce_truncate
AFTER TRUNCATE ON public.generated_images
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.announce_truncated_images();
