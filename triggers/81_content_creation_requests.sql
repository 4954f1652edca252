-- Fires once a statement, with the rows it deleted.
CREATE OR REPLACE TRIGGER scene_sync_1_record_delete
AFTER DELETE ON public.content_creation_requests
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.record_deleted_projects();

-- Fires for each project whose id changed.
CREATE OR REPLACE TRIGGER scene_sync_1_record_update
AFTER UPDATE OF id ON public.content_creation_requests
FOR EACH ROW
WHEN (OLD.id <> NEW.id)
EXECUTE FUNCTION scene_sync.record_renamed_project();

-- Fires when the rows are gone.
CREATE OR REPLACE TRIGGER scene_sync_1_record_truncate
AFTER TRUNCATE ON public.content_creation_requests
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.record_truncated_projects();

-- Fires once a statement, with the rows it inserted.
CREATE OR REPLACE TRIGGER scene_sync_2_announce_insert
AFTER INSERT ON public.content_creation_requests
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.announce_inserted_projects();

-- Fires for each row whose document or id changed. The column list keeps documents out of updates of
-- other columns. Compared are the bytes: for jsonb's own equality 1.1 is 1.10, for readers it is not.
-- (The function behind *<>, as pg_dump would write the operator without the casts that it needs.)
CREATE OR REPLACE TRIGGER scene_sync_2_announce_update
AFTER UPDATE OF generated_output, id ON public.content_creation_requests
FOR EACH ROW
WHEN (pg_catalog.record_image_ne(ROW (OLD.id, OLD.generated_output), ROW (NEW.id, NEW.generated_output)))
EXECUTE FUNCTION scene_sync.announce_updated_project();

-- Fires once a statement, with the rows it deleted.
CREATE OR REPLACE TRIGGER scene_sync_2_announce_delete
AFTER DELETE ON public.content_creation_requests
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.announce_deleted_projects();

-- Fires when the rows are gone.
CREATE OR REPLACE TRIGGER scene_sync_2_announce_truncate
AFTER TRUNCATE ON public.content_creation_requests
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.announce_truncated_projects();
