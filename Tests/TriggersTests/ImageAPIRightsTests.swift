import Postgres
import PostgresTestSupport
import Testing

/// The functions of `scene_sync_api` are everybody's, and do nothing that their caller could not do without them.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct ImageAPIRightsTests {
    private func expectNoRight(
        _ session: Session, _ sql: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let error = await #expect(throws: PostgresError.self, "\(sql)", sourceLocation: sourceLocation) {
            try await session.query(sql.withNames)
        }
        #expect(error?.sqlstate == "42501", "\(sql)", sourceLocation: sourceLocation)
    }

    private static let calls = [
        #"SELECT scene_sync_api.save_images(@A, '{"scene_index": 9, "image_url": "x"}')"#,
        #"SELECT scene_sync_api.upsert_images(@A, '{"scene_index": 1, "image_url": "x"}')"#,
        "SELECT scene_sync_api.regenerate(@A)", "SELECT scene_sync_api.regenerate(@A, '{9}')",
        "SELECT scene_sync_api.generations(@A)", "SELECT FROM scene_sync_api.memories",
        "INSERT INTO scene_sync_api.memories (project_id, scene_indexes) VALUES (@A, '{1}')",
    ]

    @Test func `who has no right on the app's tables can do nothing by them`() async throws {
        let feed = try await Feed()
        try await feed.write("DELETE FROM generated_images WHERE scene_index = 1")

        for session in [try await Database.current.openAsStranger(), feed.daemon] {
            for call in Self.calls { try await expectNoRight(session, call) }
        }
    }

    @Test func `who may only read can only read`() async throws {
        let feed = try await Feed()
        let reader = try await Database.current.openAsStranger()
        let admin = try await Database.current.open(as: .superuser)
        let name = try await reader.query("SELECT current_user").string(0, 0) ?? ""
        try await admin.query("GRANT SELECT ON content_creation_requests, generated_images TO \(name)")
        try await feed.write("DELETE FROM generated_images WHERE scene_index = 1")

        #expect(try await ImageAPI(session: reader).generations()["1"] ?? 0 > 0)
        for call in Self.calls.filter({ !$0.contains("generations") && !$0.hasSuffix("memories") }) {
            try await expectNoRight(reader, call)
        }
    }

    @Test func `who may write images, but not the project, cannot end its fallback`() async throws {
        let writer = try await Database.current.openAsStranger()
        let admin = try await Database.current.open(as: .superuser)
        let name = try await writer.query("SELECT current_user").string(0, 0) ?? ""
        try await admin.query("GRANT SELECT ON content_creation_requests TO \(name)")
        try await admin.query("GRANT SELECT, INSERT, UPDATE, DELETE ON generated_images TO \(name)")
        let api = ImageAPI(session: writer)

        try await api.save("9/0=x")
        #expect(try await api.regenerate([9]).deleted == 1)
        try await expectNoRight(writer, "SELECT scene_sync_api.regenerate(@A, '{8}')")
    }

    @Test func `the policies of the caller hold`() async throws {
        let feed = try await Feed()
        try await feed.write("DELETE FROM generated_images WHERE content_creation_request_id = @B")
        try await feed.owner.run(
            script: """
                ALTER TABLE content_creation_requests ENABLE ROW LEVEL SECURITY;
                ALTER TABLE generated_images ENABLE ROW LEVEL SECURITY;
                CREATE POLICY a ON content_creation_requests USING (id = @A);
                CREATE POLICY c ON content_creation_requests FOR SELECT USING (id = @C);
                CREATE POLICY a ON generated_images USING (content_creation_request_id = @A);
                """.withNames)
        let api = ImageAPI(session: feed.writer)

        try await api.save("9/0=x")
        try await api.regenerate([8, 9])
        for call in ["save_images(@B, '{\"scene_index\": 9, \"image_url\": \"x\"}')", "regenerate(@B, '{1}')"] {
            let error = await #expect(throws: PostgresError.self) {
                try await feed.write("SELECT scene_sync_api.\(call)")
            }
            #expect(error?.sqlstate == "PT404", "\(call)")
        }
        for call in ["save_images(@C, '{\"scene_index\": 9, \"image_url\": \"x\"}')", "regenerate(@C, '{1}')"] {
            try await expectNoRight(feed.writer, "SELECT scene_sync_api.\(call)")
        }

        let visible = try await feed.write("SELECT project_id FROM scene_sync_api.memories")
        #expect((0..<visible.count).map { Names.project(visible.string($0, 0) ?? "") } == ["A"])
        #expect(try await feed.load("C").lost == [:])
    }

    @Test func `what a condition is asked does not tell of projects that are hidden`() async throws {
        let feed = try await Feed()
        try await feed.write("DELETE FROM generated_images WHERE content_creation_request_id = @B")
        try await feed.owner.run(
            script: "ALTER TABLE content_creation_requests ENABLE ROW LEVEL SECURITY")
        try await feed.write(
            """
            CREATE FUNCTION pg_temp.tell(project uuid) RETURNS boolean LANGUAGE plpgsql STABLE COST 0.0001 AS
            $$ BEGIN RAISE EXCEPTION 'seen %', project; END $$
            """)

        let rows = try await feed.write("SELECT FROM scene_sync_api.memories WHERE pg_temp.tell(project_id)")

        #expect(rows.count == 0)
    }
}
