-- Up to which project a backfill under way is done, so that one that was interrupted need not begin again: no row
-- unless there is such a one.
CREATE TABLE scene_sync.backfill (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    finished uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
REVOKE ALL ON TABLE scene_sync.backfill FROM PUBLIC;
