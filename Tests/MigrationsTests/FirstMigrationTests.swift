import Migrations
import Postgres
import PostgresTestSupport
import Testing
import Triggers

@Suite(.database, .timeLimit(.minutes(5)))
struct FirstMigrationTests {
    private let save = """
        INSERT INTO content_creation_requests (id) VALUES ('00000000-0000-4000-8000-000000000001');
        INSERT INTO generated_images (content_creation_request_id, scene_index, image_url)
        VALUES ('00000000-0000-4000-8000-000000000001', 1, 'one');
        """

    private func keyed(_ owner: Session) async throws -> Bool? {
        try await owner.query("SELECT keyed FROM scene_sync.settings").bool(0, 0)
    }

    @Test func `an app without images gets the table of the contract`() async throws {
        let owner = try await Database.current.open()
        try await owner.run(script: Installation.parent)

        let applied = try await Installation().apply()

        #expect(applied == (Migrations.all + Triggers.all).map(\.name))
        let columns = try await owner.query(
            """
            SELECT string_agg(
                concat_ws(' ', column_name, data_type, is_nullable, coalesce(column_default, '')),
                ', ' ORDER BY ordinal_position)
            FROM information_schema.columns WHERE table_name = 'generated_images'
            """)
        #expect(
            columns.string(0, 0)
                == "id uuid NO gen_random_uuid(), content_creation_request_id uuid NO , scene_index integer NO , "
                + "image_url text NO , image_index integer NO 0, created_at timestamp with time zone NO now(), "
                + "updated_at timestamp with time zone NO now()")
        let constraints = try await owner.query(
            """
            SELECT pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid = 'generated_images'::regclass AND contype <> 'n' ORDER BY contype
            """)
        #expect(
            (0..<constraints.count).map { constraints.string($0, 0) } == [
                "FOREIGN KEY (content_creation_request_id) REFERENCES content_creation_requests(id) ON DELETE CASCADE",
                "PRIMARY KEY (id)", "UNIQUE (content_creation_request_id, scene_index, image_index)",
            ])
        #expect(try await keyed(owner) == true)
        let settings = try await owner.query("SELECT app_schema, channel FROM scene_sync.settings")
        #expect(settings.string(0, 0) == "public")
        #expect(settings.string(0, 1)?.wholeMatch(of: /scene_sync_[0-9a-f]{32}/) != nil)
    }

    @Test func `each database has a channel of its own`() async throws {
        let owner = try await Database.current.open()
        try await owner.run(script: Installation.parent)
        try await Installation().apply()
        let first = try await owner.query("SELECT scene_sync.channel()").string(0, 0)

        try await owner.run(script: "DROP SCHEMA scene_sync CASCADE")
        try await Installation().apply()

        #expect(try await owner.query("SELECT scene_sync.channel()").string(0, 0) != first)
    }

    @Test func `images the app has already are left as they are`() async throws {
        let owner = try await Database.current.open()
        try await owner.run(
            script: Installation.parent + """
                CREATE TABLE generated_images (
                    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                    content_creation_request_id uuid NOT NULL REFERENCES content_creation_requests ON DELETE CASCADE,
                    scene_index integer NOT NULL,
                    image_url text NOT NULL,
                    image_index integer NOT NULL DEFAULT 0,
                    created_at timestamptz DEFAULT now(),
                    updated_at timestamptz DEFAULT now(),
                    UNIQUE (content_creation_request_id, scene_index, image_index)
                );
                CREATE INDEX by_project ON generated_images (content_creation_request_id);
                \(save)
                """)
        let picture = """
            SELECT
                (SELECT string_agg(image::text || xmin || ctid, ',') FROM generated_images AS image),
                (SELECT string_agg(project::text || xmin || ctid, ',') FROM content_creation_requests AS project),
                (SELECT string_agg(attname || atttypid || attnotnull, ',' ORDER BY attnum) FROM pg_attribute
                    WHERE attrelid = 'generated_images'::regclass),
                (SELECT string_agg(pg_get_constraintdef(oid), ',' ORDER BY oid) FROM pg_constraint
                    WHERE conrelid = 'generated_images'::regclass),
                (SELECT string_agg(indexrelid::regclass::text, ',' ORDER BY indexrelid) FROM pg_index
                    WHERE indrelid = 'generated_images'::regclass),
                'generated_images'::regclass::oid,
                pg_relation_filenode('generated_images')
            """
        let before = try await owner.query(picture)

        try await Installation().apply()

        let after = try await owner.query(picture)
        for column in 0..<before.columns {
            #expect(before.string(0, column) == after.string(0, column))
        }
        #expect(before.string(0, 0)?.contains("one") == true)
        #expect(try await keyed(owner) == true)
        #expect(try await owner.query("SELECT FROM scene_sync.deletions").count == 0)
    }

    @Test func `columns of the app's own are nobody's business`() async throws {
        let owner = try await Database.current.open()
        try await owner.run(
            script: """
                CREATE TABLE content_creation_requests (
                    title text, id uuid PRIMARY KEY, old integer, generated_output jsonb,
                    owner_id uuid NOT NULL DEFAULT gen_random_uuid()
                );
                ALTER TABLE content_creation_requests DROP old;
                CREATE TABLE generated_images (
                    prompt text, updated_at timestamptz DEFAULT now(), image_url text NOT NULL, was text,
                    created_at timestamptz DEFAULT now(), image_index integer NOT NULL DEFAULT 0,
                    scene_index integer NOT NULL, id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
                    content_creation_request_id uuid NOT NULL REFERENCES content_creation_requests ON DELETE CASCADE,
                    width integer GENERATED ALWAYS AS (scene_index * 2) STORED,
                    UNIQUE (image_index, scene_index, content_creation_request_id)
                );
                ALTER TABLE generated_images DROP was;
                """)

        try await Installation().apply()

        try await owner.run(script: save + "UPDATE generated_images SET prompt = 'p'; DELETE FROM generated_images")
        #expect(try await keyed(owner) == true)
        #expect(try await owner.query("SELECT FROM scene_sync.deletions WHERE scene = 1").count == 1)
    }

    @Test(arguments: ["app", "App Data", "odd\"schema", "sélect", "scene_sync_api"])
    func `the app's schema may be another than public`(_ schema: String) async throws {
        let owner = try await Database.current.open()
        let installation = Installation(schema: schema)
        try await owner.query("CREATE SCHEMA \(installation.quotedSchema)")
        try await owner.run(script: installation.placed(Installation.parent))
        try await owner.query("CREATE TABLE public.generated_images (id integer)")

        try await installation.apply()

        #expect(try await owner.query("SELECT app_schema FROM scene_sync.settings").string(0, 0) == schema)
        #expect(try await keyed(owner) == true)
        try await owner.query("SELECT set_config('search_path', quote_ident($1), false)", [schema])
        try await owner.run(script: save + "DELETE FROM generated_images")
        let load = try await owner.query(
            "SELECT present, lost FROM scene_sync.load('{00000000-0000-4000-8000-000000000001}')")
        #expect(load.bool(0, 0) == true)
        #expect(load.string(0, 1)?.hasPrefix("[[1,") == true)
        let strays = try await owner.query(
            "SELECT FROM pg_trigger WHERE tgrelid = 'public.generated_images'::regclass")
        #expect(strays.count == 0)
    }

    @Test(arguments: [["search_path": "nowhere"], ["search_path": "scene_sync"], ["check_function_bodies": "off"]])
    func `the owner's settings do not matter`(_ options: [String: String]) async throws {
        let owner = try await Database.current.open()
        try await owner.run(script: Installation.parent)

        try await Installation(options: options).apply()

        try await owner.run(script: save + "DELETE FROM generated_images")
        #expect(try await owner.query("SELECT FROM scene_sync.deletions").count == 1)
    }
}
