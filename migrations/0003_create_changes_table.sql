-- The changes of busy times, for the daemons to read: written instead of a NOTIFY, whose lock would have
-- concurrent commits wait for each other. Unlogged, since after a crash everything is loaded anew, and a
-- daemon prunes what all daemons have read. One row for each place that a statement touched; what it holds
-- is for the reader to look up.
CREATE UNLOGGED TABLE scene_sync.changes (
    xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
    n bigint NOT NULL DEFAULT nextval('scene_sync.change_number'),
    -- When the statement ended, when its transaction began, and in which session.
    at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    began timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    pid integer NOT NULL DEFAULT pg_catalog.pg_backend_pid(),
    operation text NOT NULL,
    -- NULL for every project.
    project uuid,
    -- NULL for the whole project.
    scene integer,
    place integer,
    -- Whether an image may have left this scene.
    is_past boolean NOT NULL DEFAULT false,
    -- How many rows of the app's this row stands for.
    touched integer NOT NULL DEFAULT 1
) WITH (
    -- To cut off the empty end of a table takes a lock that writers would wait for.
    vacuum_truncate = off,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 20000,
    autovacuum_analyze_threshold = 2000000000
);
CREATE INDEX changes_xid ON scene_sync.changes (xid);
REVOKE ALL ON TABLE scene_sync.changes FROM PUBLIC;
