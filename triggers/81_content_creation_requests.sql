-- Fires once a statement, with the rows it inserted.
CREATE OR REPLACE TRIGGER scene_sync_insert
AFTER INSERT ON public.content_creation_requests
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.projects_inserted();

-- Fires for each row whose document or id changed. The column list keeps documents out of updates of
-- other columns. Compared are the bytes: for jsonb's own equality 1.1 is 1.10, for readers it is not.
-- (The function behind *<>, as pg_dump would write the operator without the casts that it needs.)
CREATE OR REPLACE TRIGGER scene_sync_update
AFTER UPDATE OF generated_output, id ON public.content_creation_requests
FOR EACH ROW
WHEN (pg_catalog.record_image_ne(ROW (OLD.id, OLD.generated_output), ROW (NEW.id, NEW.generated_output)))
EXECUTE FUNCTION scene_sync.project_updated();

-- Fires once a statement, with the rows it deleted.
CREATE OR REPLACE TRIGGER scene_sync_delete
AFTER DELETE ON public.content_creation_requests
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.projects_deleted();

-- Fires when the rows are gone.
CREATE OR REPLACE TRIGGER scene_sync_truncate
AFTER TRUNCATE ON public.content_creation_requests
FOR EACH STATEMENT
EXECUTE FUNCTION scene_sync.projects_truncated();
