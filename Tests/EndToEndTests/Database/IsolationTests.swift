import Postgres
import PostgresTestSupport
import Testing

/// An app that has its transactions isolated more than PostgreSQL's default, for all of its database.
@Suite(.database(.supabase), .timeLimit(.minutes(1)))
struct IsolationTests {
    @Test(arguments: ["serializable", "repeatable read"])
    func `a load that waits for a TRUNCATE shows what is there after it`(isolation: String) async throws {
        try await isolate(isolation)
        let stage = try await Stage.start()
        let project = try await stage.insertProject(#"{"scenes": [{"index": 1, "imageUrls": ["stored"]}]}"#)
        try await stage.save("row", scene: 1, of: project)
        let owner = try await stage.database.open(as: .owner)
        try await owner.query("BEGIN")
        try await owner.query("TRUNCATE generated_images")

        async let read = stage.client.get("/v1/projects/\(project)")
        try await eventually("the load waits") {
            try await !stage.sessions(where: "wait_event_type = 'Lock' AND query ~ 'scene_sync.load'").isEmpty
        }
        try await owner.query("COMMIT")

        #expect(try await read.generatedOutput(of: project) == stage.expected(project))
    }

    /// What it reads would be held against writers.
    @Test func `no serializable writer is failed by what the daemon reads`() async throws {
        try await isolate("serializable")
        let stage = try await Stage.startWithRowSecurity()
        let project = try await stage.insertProject(of: Stage.alice)
        // As long as it is under way, PostgreSQL remembers what others have read beside it.
        let writer = try await stage.database.open(as: .owner)
        try await writer.query("BEGIN")
        try await writer.query("SELECT pg_current_xact_id()")

        let read = try await stage.get("/v1/projects/\(project)", as: Tokens.of(user: Stage.alice))

        #expect(read.status == 200)
        let remembered = try await stage.admin.query(
            """
            SELECT DISTINCT activity.query
            FROM pg_locks AS lock
            JOIN pg_stat_activity AS activity USING (pid)
            WHERE lock.mode = 'SIReadLock' AND activity.usename = '\(Role.daemon.rawValue)'
            """)
        #expect((0..<remembered.count).map { remembered.string($0, 0) } == [])
        try await writer.query("COMMIT")
    }

    private func isolate(_ isolation: String) async throws {
        let admin = try await Database.current.open(as: .superuser)
        try await admin.query(
            "ALTER DATABASE \(Database.current.name) SET default_transaction_isolation = '\(isolation)'")
        await admin.close()
    }
}
