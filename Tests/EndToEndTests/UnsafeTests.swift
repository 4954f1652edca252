import Postgres
import PostgresTestSupport
import Testing

/// A transaction that began while nobody listened has announced nothing of what it does.
@Suite(.bothWays, .database(.sceneSync), .timeLimit(.minutes(2)))
struct UnsafeTests {
    private let database: Database

    init() throws {
        database = try Database.current
    }

    @Test func `an insert left open before the daemon came is not lost, and until it ends nothing is kept`()
        async throws
    {
        let writer = try await database.open(as: .writer)
        let project = try await insertProject(writer)
        try await writer.query("BEGIN")
        try await writer.query(Stage.insertion, [project, "1", "0", "silent"])
        let daemon = try await DaemonProcess.start(database: database.connectionString(as: .daemon))
        let client = daemon.client()
        try await daemon.logLine(containing: "not safe yet")

        let ready = try await client.get("/readyz")
        var viewer = try await Viewer.open(project, at: daemon.port)
        try await viewer.read(through: "snapshot")
        let target = "/v1/projects/\(project)"
        let before = try await client.get(target)
        let other = try await database.open(as: .writer)
        try await other.query(Stage.insertion, [project, "2", "0", "announced"])
        let after = try await client.get(target)
        let renewed = try await viewer.next()
        try await writer.query("COMMIT")
        let events = try await viewer.read(through: "ready")

        #expect(ready.status == 503)
        #expect(ready.text.contains("pid \(writer.backendPID)"))
        for read in [before, after] {
            #expect(read["Cache-Status"] == "scenesync; fwd=bypass; detail=unsafe")
            #expect(["0", "1"].contains(read["Age"]))
        }
        #expect(!before.text.contains("announced"))
        #expect(after.text.contains("announced"))
        #expect(viewer.mirror.counts["stale"] == 1)
        #expect(renewed.event == "snapshot")
        #expect(Set(events.names).isSubset(of: ["snapshot", "scene", "ready"]))
        let oracle = Oracle(try await database.open(as: .owner))
        let expected = try await oracle.generatedOutput(of: project)
        #expect(expected?.contains("silent") == true)
        #expect(viewer.mirror.generatedOutput == expected)
        let kept = try await client.get(target)
        #expect(kept["Cache-Status"] == "scenesync; hit")
        #expect(kept.generatedOutput(of: project) == expected)
        #expect(try await client.get("/readyz").status == 200)
    }

    @Test func `a stream that knows the current revision hears no more than stale until it is safe`() async throws {
        let writer = try await database.open(as: .writer)
        let project = try await insertProject(writer)
        let first = try await DaemonProcess.start(database: database.connectionString(as: .daemon))
        try await first.logLine(containing: "live: ")
        var viewer = try await Viewer.open(project, at: first.port)
        try await viewer.read(through: "ready")
        #expect(await first.stop() == 0)
        try await eventually("nobody listens") {
            try await writer.query(
                """
                SELECT count(*) FROM pg_locks
                WHERE locktype = 'advisory' AND objsubid = 2
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """
            ).int64(0, 0) == 0
        }
        try await writer.query("BEGIN")
        try await writer.query(Stage.insertion, [project, "1", "0", "silent"])
        let second = try await DaemonProcess.start(database: database.connectionString(as: .daemon))
        try await second.logLine(containing: "not safe yet")

        try await viewer.reconnect(to: second.port)
        let opening = try await viewer.next()
        try await writer.query("ROLLBACK")
        let events = try await viewer.read(through: "ready")

        #expect(opening.event == "stale")
        #expect(events.names == ["ready"])
    }

    private func insertProject(_ writer: Session) async throws -> String {
        let rows = try await writer.query(
            "INSERT INTO content_creation_requests (generated_output) VALUES ($1::jsonb) RETURNING id::text",
            [Stage.document(scenes: 3)])
        return try #require(rows.string(0, 0))
    }
}
