import Migrations
import Postgres
import PostgresTestSupport
import Testing

@Suite(.database, .timeLimit(.minutes(5)))
struct RefusedMigrationTests {
    private static let images = """
        CREATE TABLE generated_images (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            content_creation_request_id uuid NOT NULL REFERENCES content_creation_requests ON DELETE CASCADE,
            scene_index integer NOT NULL,
            image_url text NOT NULL,
            image_index integer NOT NULL DEFAULT 0,
            created_at timestamptz DEFAULT now(),
            updated_at timestamptz DEFAULT now()
        );
        """

    /// Why the migration of tables so changed is refused; afterwards nothing of it is there.
    private func refusal(_ change: String) async throws -> PostgresError? {
        let owner = try await Database.current.open()
        try await owner.run(script: Installation.parent + Self.images + change)

        let error = await #expect(throws: MigrationError.self) { try await Installation().apply() }

        #expect(try await owner.query("SELECT FROM pg_namespace WHERE nspname = 'scene_sync'").count == 0)
        #expect(try await owner.query("SELECT FROM pg_trigger WHERE tgname LIKE 'scene_sync%'").count == 0)
        guard case .failed(_, let reason) = error else { return nil }
        return reason
    }

    @Test(arguments: ["DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"])
    func `a deferrable key is refused, with its cure`(_ kind: String) async throws {
        let reason = try await refusal(
            "ALTER TABLE generated_images ADD UNIQUE (content_creation_request_id, scene_index, image_index) \(kind)")

        guard case .server(let error) = reason else { throw reason ?? .unreachable("no refusal") }
        #expect(error.sqlstate == "55000")
        #expect(error.message.contains("DEFERRABLE"))
        #expect(error.hint?.contains("NOT DEFERRABLE") == true)
    }

    @Test func `a second key that is not deferrable makes up for one that is`() async throws {
        let owner = try await Database.current.open()
        try await owner.run(
            script: Installation.parent + Self.images + """
                ALTER TABLE generated_images
                ADD UNIQUE (content_creation_request_id, scene_index, image_index) DEFERRABLE,
                ADD UNIQUE (scene_index, content_creation_request_id, image_index);
                """)

        try await Installation().apply()

        #expect(try await owner.query("SELECT keyed FROM scene_sync.settings").bool(0, 0) == true)
    }

    private static let bareKey =
        "ALTER TABLE generated_images DROP CONSTRAINT generated_images_content_creation_request_id_fkey;"

    @Test(arguments: [
        ("ALTER TABLE generated_images DROP updated_at", "ADD COLUMN updated_at timestamp with time zone"),
        ("ALTER TABLE generated_images DROP scene_index", "ADD COLUMN scene_index integer"),
        ("ALTER TABLE generated_images DROP image_index", "ADD COLUMN image_index integer"),
        ("ALTER TABLE generated_images RENAME image_url TO url", "ADD COLUMN image_url text"),
        (
            "ALTER TABLE generated_images ALTER scene_index TYPE bigint",
            "scene_index of public.generated_images is bigint"
        ),
        ("ALTER TABLE content_creation_requests ALTER generated_output TYPE json", "is json and has to be jsonb"),
        (
            "\(bareKey) ALTER TABLE generated_images ALTER content_creation_request_id TYPE text",
            "ALTER COLUMN content_creation_request_id TYPE uuid USING …"
        ),
        (
            "DROP TABLE generated_images; ALTER TABLE content_creation_requests ALTER id DROP DEFAULT, ALTER id TYPE text",
            "the column id of public.content_creation_requests is text and has to be uuid"
        ),
    ])
    func `a column that is missing or of another type is refused by its name, with its cure`(
        _ change: String, _ words: String
    ) async throws {
        let owner = try await Database.current.open()
        try await owner.run(script: Installation.parent + Self.images + change)

        let error = await #expect(throws: UnfitColumns.self) { try await Installation().apply() }

        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(try await owner.query("SELECT FROM pg_namespace WHERE nspname = 'scene_sync'").count == 0)
    }

    @Test(arguments: ["generated_images", "content_creation_requests"])
    func `row security that hides rows from their owner is refused`(_ table: String) async throws {
        let reason = try await refusal(
            "ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY; ALTER TABLE \(table) FORCE ROW LEVEL SECURITY")

        #expect(reason?.sqlstate == "55000")
        #expect(reason?.description.contains("row security") == true)
    }

    @Test func `row security for others is none of our business`() async throws {
        let owner = try await Database.current.open()
        try await owner.run(
            script: Installation.parent + Self.images + """
                ALTER TABLE generated_images ENABLE ROW LEVEL SECURITY;
                ALTER TABLE content_creation_requests ENABLE ROW LEVEL SECURITY;
                """)

        #expect(try await !Installation().apply().isEmpty)
    }

    @Test func `a table without a key is followed all the same`() async throws {
        let owner = try await Database.current.open()
        try await owner.run(
            script: Installation.parent + """
                CREATE TABLE generated_images (
                    id uuid, content_creation_request_id uuid, scene_index integer, image_url text, image_index integer,
                    created_at timestamptz, updated_at timestamptz
                );
                """)

        try await Installation().apply()

        #expect(try await owner.query("SELECT keyed FROM scene_sync.settings").bool(0, 0) == false)
    }

    @Test func `without the table of projects nothing happens`() async throws {
        let owner = try await Database.current.open()

        let error = await #expect(throws: MigrationError.self) { try await Installation().apply() }

        guard case .failed("0001_create_generated_images_table", let reason) = error else { throw error ?? .edited("") }
        #expect(reason.sqlstate == "42P01")
        #expect(try await owner.query("SELECT FROM pg_namespace WHERE nspname = 'scene_sync'").count == 0)
    }
}
