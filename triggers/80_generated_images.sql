-- Keeps updated_at true.
CREATE OR REPLACE TRIGGER scene_sync_touch
BEFORE UPDATE ON public.generated_images
FOR EACH ROW
EXECUTE FUNCTION scene_sync.image_touched();

-- Fires once a statement, with the rows it inserted.
CREATE OR REPLACE TRIGGER scene_sync_insert
AFTER INSERT ON public.generated_images
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.images_inserted();

-- Fires once a statement, with the rows as they were and as they are.
CREATE OR REPLACE TRIGGER scene_sync_update
AFTER UPDATE ON public.generated_images
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.images_updated();

-- Fires once a statement, with the rows it deleted.
CREATE OR REPLACE TRIGGER scene_sync_delete
AFTER DELETE ON public.generated_images
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.images_deleted();

-- Fires while the rows are still there.
CREATE OR REPLACE TRIGGER scene_sync_before_truncate
BEFORE TRUNCATE ON public.generated_images
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.images_truncating();

-- Fires when the rows are gone.
CREATE OR REPLACE TRIGGER scene_sync_truncate
AFTER TRUNCATE ON public.generated_images
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.images_truncated();
