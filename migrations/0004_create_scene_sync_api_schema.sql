-- The functions for those who call the database directly. What they do to the app's tables they do as their
-- caller, who can do nothing by them that plain SQL would not let it do; so they may be everybody's.
CREATE SCHEMA IF NOT EXISTS scene_sync_api;
GRANT USAGE ON SCHEMA scene_sync_api TO PUBLIC;

-- What was answered to a request that bore a key, so that the same request again gets the same answer.
-- Without a foreign key, which would have the deletion of a project look here.
CREATE TABLE scene_sync.answers (
    project uuid NOT NULL,
    key text NOT NULL,
    -- Of the operation and what it was asked for.
    digest bytea NOT NULL,
    status integer NOT NULL,
    problem text,
    answer text NOT NULL,
    token text,
    at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (project, key)
);
CREATE INDEX answers_at ON scene_sync.answers (at);
REVOKE ALL ON TABLE scene_sync.answers FROM PUBLIC;
