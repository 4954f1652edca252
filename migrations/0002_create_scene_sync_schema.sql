-- Everything of ours, out of the way of the app and of no business to anybody but the owner.
CREATE SCHEMA IF NOT EXISTS scene_sync;
REVOKE ALL ON SCHEMA scene_sync FROM PUBLIC;

-- What is true of this installation: one row.
CREATE TABLE scene_sync.settings (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    -- The schema that holds the app's two tables.
    app_schema text NOT NULL,
    -- Where changes are announced. Whoever knows the name can listen and forge: it is kept in this row only.
    channel text NOT NULL,
    -- Whether a place holds at most one image, by a key of the table. Kept by the function examine.
    keyed boolean NOT NULL DEFAULT false
);
REVOKE ALL ON TABLE scene_sync.settings FROM PUBLIC;

INSERT INTO scene_sync.settings (app_schema, channel)
SELECT
    namespace.nspname,
    'scene_sync_' || replace(gen_random_uuid()::text, '-', '')
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.oid = 'public.generated_images'::regclass;

-- Numbers the changes. Uncached, so that of two changes to one place the later one has the higher number.
CREATE SEQUENCE scene_sync.change_number AS bigint CACHE 1;
REVOKE ALL ON SEQUENCE scene_sync.change_number FROM PUBLIC;

-- Which scenes an image has left: their stored imageUrls never come back, and the newest number is the
-- scene's generation. A row without a scene says that the project itself went, and ends its older rows.
-- Rows are only ever added, and folded later: a unique key or a foreign key here would make writers wait
-- for each other.
CREATE TABLE scene_sync.deletions (
    project uuid NOT NULL,
    scene integer,
    xid xid8 NOT NULL,
    n bigint NOT NULL
);
CREATE INDEX deletions_project ON scene_sync.deletions (project);
-- Without a key, a publication of all tables would otherwise refuse to let rows be folded.
ALTER TABLE scene_sync.deletions REPLICA IDENTITY FULL;
REVOKE ALL ON TABLE scene_sync.deletions FROM PUBLIC;
