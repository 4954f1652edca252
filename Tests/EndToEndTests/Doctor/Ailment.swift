import PostgresTestSupport

/// Something that is wrong with a database, and what doctor is to say of it.
struct Ailment: Sendable, CustomStringConvertible {
    let check: String
    let mark: String
    /// Of its text, and of its cure.
    let words: [String]
    /// What brings it about, as a superuser. `DATABASE` is the database's name.
    let cause: String
    /// What ends it: the cure, said in SQL or as `scenesync migrate`. Nil where the database is thrown away with it.
    let cure: String?

    init(_ check: String, _ mark: String, _ words: [String], by cause: String, healedBy cure: String?) {
        self.check = check
        self.mark = mark
        self.words = words
        self.cause = cause
        self.cure = cure
    }

    static let migrate = "scenesync migrate"

    var description: String { "\(mark) \(check): \(cause.prefix(80))" }

    /// The table's own key, made as a constraint.
    private static let dropKey = """
        DO $do$ BEGIN
            EXECUTE (
                SELECT format('ALTER TABLE generated_images DROP CONSTRAINT %I', conname)
                FROM pg_constraint WHERE conrelid = 'generated_images'::regclass AND contype = 'u'
            );
        END $do$;
        """
    private static let key = "(content_creation_request_id, scene_index, image_index)"

    static let all: [Ailment] = [
        Ailment(
            "triggers", "problem", ["scene_sync_2_announce_insert on public.generated_images is missing"],
            by: "DROP TRIGGER scene_sync_2_announce_insert ON generated_images", healedBy: migrate),
        Ailment(
            "triggers", "problem", ["scene_sync_1_record_delete", "disabled", "ENABLE TRIGGER"],
            by: "ALTER TABLE generated_images DISABLE TRIGGER scene_sync_1_record_delete",
            healedBy: "ALTER TABLE public.generated_images ENABLE TRIGGER scene_sync_1_record_delete"),
        Ailment(
            "triggers", "problem", ["scene_sync_2_announce_update on public.content", "replication only"],
            by: "ALTER TABLE content_creation_requests ENABLE REPLICA TRIGGER scene_sync_2_announce_update",
            healedBy: "ALTER TABLE public.content_creation_requests ENABLE TRIGGER scene_sync_2_announce_update"),
        Ailment(
            "triggers", "problem", ["scene_sync_1_record_move", "not as this release makes it", "drop it"],
            by: """
                CREATE OR REPLACE TRIGGER scene_sync_1_record_move AFTER UPDATE ON generated_images FOR EACH ROW
                WHEN (OLD.scene_index IS DISTINCT FROM NEW.scene_index)
                EXECUTE FUNCTION scene_sync.record_moved_image()
                """, healedBy: "DROP TRIGGER scene_sync_1_record_move ON generated_images; \(migrate)"),
        Ailment(
            "functions", "problem", ["not as this release", "scene_sync.lost", "migrate"],
            by: """
                CREATE OR REPLACE FUNCTION scene_sync.lost(project uuid) RETURNS TABLE (scene integer, n bigint)
                LANGUAGE sql STABLE AS $$ SELECT 1, 1::bigint $$
                """, healedBy: migrate),
        Ailment(
            "functions", "problem", ["not as this release", "scene_sync.announce_inserted_images"],
            by: "ALTER FUNCTION scene_sync.announce_inserted_images() SECURITY INVOKER", healedBy: migrate),
        Ailment(
            "functions", "problem", ["not as this release", "scene_sync.load"],
            by: "ALTER FUNCTION scene_sync.load(uuid[]) SET row_security = on", healedBy: migrate),
        Ailment(
            "functions", "problem", ["missing", "scene_sync.prune_answers"],
            by: "DROP FUNCTION scene_sync.prune_answers(integer)",
            healedBy: "\(migrate) --daemon-role scenesync_daemon"),
        Ailment(
            "migrations", "problem", ["1 to apply", "20_load is pending", "migrate"],
            by: "DELETE FROM scene_sync.applied WHERE name = '20_load'", healedBy: migrate),
        Ailment(
            "migrations", "problem", ["0001_create_generated_images_table", "another text"],
            by: "UPDATE scene_sync.applied SET checksum = 'x' WHERE name LIKE '0001%'", healedBy: nil),
        Ailment(
            "migrations", "warning", ["9999_future", "another release"],
            by: "INSERT INTO scene_sync.applied VALUES ('9999_future', 'x', now())", healedBy: nil),
        Ailment(
            "image key", "problem", ["DEFERRABLE", "DROP CONSTRAINT late, ADD UNIQUE"],
            by: "\(dropKey) ALTER TABLE generated_images ADD CONSTRAINT late UNIQUE \(key) DEFERRABLE",
            healedBy: "ALTER TABLE public.generated_images DROP CONSTRAINT late, ADD UNIQUE \(key) NOT DEFERRABLE"),
        Ailment(
            "image key", "warning", ["no unique key"], by: dropKey,
            healedBy: "ALTER TABLE public.generated_images ADD UNIQUE \(key)"),
        Ailment(
            "app tables", "problem", ["public.generated_images lacks columns: updated_at timestamp with time zone"],
            by: "ALTER TABLE generated_images DROP COLUMN updated_at",
            healedBy: "ALTER TABLE generated_images ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now()"),
        Ailment(
            "row security", "problem", ["public.generated_images", "app_owner", "every load fails"],
            by: "ALTER TABLE generated_images ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
            healedBy: "ALTER TABLE public.generated_images NO FORCE ROW LEVEL SECURITY"),
        Ailment(
            "daemon's role", "problem", ["scenesync_daemon lacks EXECUTE on scene_sync.read_changes"],
            by: "REVOKE EXECUTE ON FUNCTION scene_sync.read_changes FROM scenesync_daemon",
            healedBy: "\(migrate) --daemon-role scenesync_daemon"),
        Ailment(
            "daemon's role", "problem", ["lacks USAGE on the schema scene_sync"],
            by: "REVOKE USAGE ON SCHEMA scene_sync FROM scenesync_daemon",
            healedBy: "\(migrate) --daemon-role scenesync_daemon"),
        Ailment(
            "daemon's role", "problem", ["may not connect"], by: "REVOKE CONNECT ON DATABASE DATABASE FROM PUBLIC",
            healedBy: "GRANT CONNECT ON DATABASE DATABASE TO scenesync_daemon"),
        Ailment(
            "daemon's role", "warning", ["there is none", "--daemon-role"],
            by: "REVOKE EXECUTE ON FUNCTION scene_sync.load FROM scenesync_daemon",
            healedBy: "\(migrate) --daemon-role scenesync_daemon"),
        Ailment(
            "daemon's role", "warning", ["rights on public.generated_images", "REVOKE ALL"],
            by: "GRANT SELECT ON generated_images TO scenesync_daemon",
            healedBy: "REVOKE ALL ON public.generated_images FROM scenesync_daemon"),
        Ailment(
            "writers' roles", "warning", ["app_writer", "may not call save_images of scene_sync_api"],
            by: "REVOKE EXECUTE ON FUNCTION scene_sync_api.save_images FROM PUBLIC",
            healedBy: "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA scene_sync_api TO app_writer"),
        Ailment(
            "writers' roles", "problem", ["app_writer", "record_image_ne", "updates fail"],
            by: "REVOKE EXECUTE ON FUNCTION pg_catalog.record_image_ne FROM PUBLIC",
            healedBy: """
                GRANT EXECUTE ON FUNCTION pg_catalog.record_image_ne(record, record) TO app_writer;
                GRANT EXECUTE ON FUNCTION pg_catalog.record_image_ne(record, record) TO app_owner
                """),
        Ailment(
            "ownership", "problem", ["app_owner, who has lost rights on public.generated_images (owner app_writer)"],
            by: "ALTER TABLE generated_images OWNER TO app_writer",
            healedBy: "GRANT ALL ON generated_images TO app_owner"),
        Ailment(
            "ownership", "problem", ["may not call pg_notify(text,text)", "writers fail"],
            by: "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_notify FROM PUBLIC",
            healedBy: "GRANT EXECUTE ON FUNCTION pg_notify(text,text) TO app_owner"),
        Ailment(
            "ownership", "warning", ["belong to app_writer"],
            by: "ALTER FUNCTION scene_sync.payload OWNER TO app_writer",
            healedBy: "REASSIGN OWNED BY app_writer TO app_owner"),
        Ailment(
            "silent writes", "problem", ["replica for app_writer"],
            by: "ALTER ROLE app_writer IN DATABASE DATABASE SET session_replication_role = 'replica'",
            healedBy: "ALTER ROLE app_writer IN DATABASE DATABASE RESET session_replication_role"),
        Ailment(
            "silent writes", "warning", ["side"], by: "CREATE TABLE side () INHERITS (generated_images)",
            healedBy: "DROP TABLE side"),
        Ailment(
            "channel", "warning", ["forge changes: app_writer by SELECT on scene_sync.settings", "renew_secrets"],
            by: "GRANT USAGE ON SCHEMA scene_sync TO app_writer; GRANT SELECT ON scene_sync.settings TO app_writer",
            healedBy: "REVOKE SELECT ON scene_sync.settings FROM app_writer"),
        Ailment(
            "channel", "warning", ["forge nothing: app_writer by SELECT on scene_sync.settings", "REVOKE"],
            by:
                "GRANT USAGE ON SCHEMA scene_sync TO app_writer; GRANT SELECT (channel) ON scene_sync.settings TO app_writer",
            healedBy: "REVOKE SELECT (channel) ON scene_sync.settings FROM app_writer"),
        Ailment(
            "channel", "warning", ["forge changes: app_writer by EXECUTE on scene_sync.signing_key()"],
            by: """
                GRANT USAGE ON SCHEMA scene_sync TO app_writer;
                GRANT EXECUTE ON FUNCTION scene_sync.signing_key() TO app_writer
                """,
            healedBy: "REVOKE EXECUTE ON FUNCTION scene_sync.signing_key() FROM app_writer"),
        Ailment(
            "channel", "warning", ["forge nothing: app_writer by EXECUTE on scene_sync.channel()"],
            by: "GRANT USAGE ON SCHEMA scene_sync TO PUBLIC; GRANT EXECUTE ON FUNCTION scene_sync.channel() TO PUBLIC",
            healedBy: "REVOKE EXECUTE ON FUNCTION scene_sync.channel() FROM PUBLIC"),
        Ailment(
            "channel", "warning", ["forge changes: app_writer as a member of app_owner"],
            by: "GRANT app_owner TO app_writer",
            healedBy: "REVOKE app_owner FROM app_writer"),
        Ailment(
            "channel", "warning", ["forge nothing: app_writer by what pg_read_all_stats shows"],
            by: "GRANT pg_monitor TO app_writer",
            healedBy: "REVOKE pg_monitor FROM app_writer"),
        Ailment(
            "stored images", "warning", ["3 scenes in 2 projects", "scenesync backfill"],
            by: """
                INSERT INTO content_creation_requests (id, generated_output) VALUES
                    ('00000000-0000-4000-8000-000000000001',
                        '{"scenes": [{"imageUrls": ["a"]}, {"imageUrls": ["b"]}, {"index": 7, "imageUrls": ["c"]}, 5]}'),
                    ('00000000-0000-4000-8000-000000000002', '{"scenes": [{"imageUrls": []}, {"index": 9, "imageUrls": ["d"]}]}'),
                    ('00000000-0000-4000-8000-000000000003', '[]'), ('00000000-0000-4000-8000-000000000004', NULL);
                INSERT INTO generated_images (content_creation_request_id, scene_index, image_url)
                VALUES ('00000000-0000-4000-8000-000000000001', 2, 'row'),
                    ('00000000-0000-4000-8000-000000000002', 1, 'row')
                """,
            healedBy: """
                SELECT scene_sync_api.regenerate('00000000-0000-4000-8000-000000000001', '{1, 7}');
                SELECT scene_sync_api.regenerate('00000000-0000-4000-8000-000000000002', '{9}')
                """),
        Ailment(
            "sessions", "problem", ["may have 3", "CONNECTION LIMIT"],
            by: "ALTER ROLE scenesync_daemon CONNECTION LIMIT 3",
            healedBy: "ALTER ROLE scenesync_daemon CONNECTION LIMIT -1"),
        Ailment(
            "durability", "warning", ["synchronous_commit is off"],
            by: "ALTER DATABASE DATABASE SET synchronous_commit = off",
            healedBy: "ALTER DATABASE DATABASE RESET synchronous_commit"),
        Ailment(
            "primary", "problem", ["default_transaction_read_only"],
            by: "ALTER DATABASE DATABASE SET default_transaction_read_only = on", healedBy: nil),
    ]
}
