import Postgres
import PostgresTestSupport
import Testing

@testable import ChangeFeed

/// Timeouts that an app has set for a role or a database, and tables that a migration keeps locked.
@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct SessionLimitTests {
    private let database: Database

    init() throws {
        database = try Database.current
    }

    @Test func `short timeouts of the role end nothing of the daemon's`() async throws {
        let admin = try await database.open(as: .superuser)
        var timeouts = [
            "statement_timeout", "lock_timeout", "idle_session_timeout", "idle_in_transaction_session_timeout",
        ]
        if admin.serverVersion >= 170_000 { timeouts.append("transaction_timeout") }
        for name in timeouts {
            try await admin.query(
                "ALTER ROLE \(Role.daemon.rawValue) IN DATABASE \(database.name) SET \(name) = '200ms'")
        }
        // The second one waits for the first one's lock, a statement that is longer than any of them allows.
        let first = try await Stage.start(["--heartbeat", "1"], on: database)
        let second = try await Stage.start(["--heartbeat", "1"], on: database)
        let project = try await first.insertProject()
        let cold = try await first.insertProject()
        var viewer = try await Viewer.open(project, at: second.daemon.port)
        try await viewer.read(through: "ready")

        try await viewer.stream.waitForComments(3)
        let locker = try await database.open(as: .owner)
        try await locker.query("BEGIN")
        try await locker.query("LOCK TABLE generated_images IN ACCESS EXCLUSIVE MODE")
        async let waiting = second.client.get("/v1/projects/\(cold)")
        try await eventually("the load waits for the lock") {
            try await second.sessions(where: "wait_event_type = 'Lock' AND now() - query_start > '1 second'").count >= 2
        }
        try await locker.query("COMMIT")
        let read = try await waiting
        first.daemon.kill()
        _ = await first.daemon.waitForExit()
        try await first.save("u", scene: 1, of: project)
        try await viewer.read(to: try await first.expected(project))

        #expect(read.status == 200)
        #expect(viewer.mirror.counts["stale"] == nil)
        #expect(try await second.metric("scenesync_database_reconnects_total") == 0)
    }

    /// Every ten minutes in a daemon: here its gate is asked to.
    @Test func `housekeeping leaves a table that is locked for later`() async throws {
        let seal = try #require(Seal(key: String(repeating: "0", count: 64)))
        let gate = Gate(session: try await database.open(as: .daemon), channel: "", seal: seal)
        let owner = try await database.open(as: .owner)
        // Of a project that is gone nothing need be remembered.
        try await owner.query("INSERT INTO content_creation_requests DEFAULT VALUES")
        try await owner.query(
            """
            INSERT INTO generated_images (content_creation_request_id, scene_index, image_url)
            SELECT id, 1, 'u' FROM content_creation_requests
            """)
        try await owner.query("DELETE FROM content_creation_requests")
        let remembered = "SELECT count(*) FROM scene_sync.deletions"
        #expect(try await owner.query(remembered).int64(0, 0) != 0)

        try await owner.query("BEGIN")
        try await owner.query("LOCK TABLE content_creation_requests IN ACCESS EXCLUSIVE MODE")
        let isMore = try await gate.tidy()
        // What the gate says afterwards is heard: its session lives, and with it the locks.
        try await gate.ping()
        try await owner.query("COMMIT")

        #expect(isMore)
        #expect(try await !gate.tidy())
        #expect(try await owner.query(remembered).int64(0, 0) == 0)
    }

    @Test func `housekeeping comes again soon until it has looked at everything`() async throws {
        let seal = try #require(Seal(key: String(repeating: "0", count: 64)))
        let gate = Gate(session: try await database.open(as: .daemon), channel: "", seal: seal)
        let owner = try await database.open(as: .owner)
        try await owner.run(
            script: """
                INSERT INTO content_creation_requests DEFAULT VALUES;
                INSERT INTO content_creation_requests DEFAULT VALUES;
                INSERT INTO scene_sync.deletions (project, scene, xid, n)
                SELECT project.id, scene, pg_current_xact_id(), scene
                FROM content_creation_requests AS project
                CROSS JOIN generate_series(1, 10000) AS scene;
                """)

        let isMore = [try await gate.tidy(), try await gate.tidy()]

        #expect(isMore == [true, false])
    }

    /// For longer than a load may take, too.
    @Test func `tables that are locked for half a minute make nothing stale that is warm`() async throws {
        let stage = try await Stage.start(["--heartbeat", "1"], on: database)
        let warm = try await stage.insertProject()
        let cold = try await stage.insertProject()
        var viewer = try await Viewer.open(warm, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let begin = ContinuousClock.now
        let migration = try await database.open(as: .owner)
        try await migration.query("BEGIN")
        try await migration.query(
            "LOCK TABLE content_creation_requests, generated_images IN ACCESS EXCLUSIVE MODE")

        async let opening = EventStream.open(
            port: stage.daemon.port, "/v1/projects/\(cold)/events", within: .seconds(50))
        async let saved: Void = stage.save("meanwhile", scene: 1, of: warm)
        let refused = try await stage.client.get("/v1/projects/\(cold)")
        let patience = ContinuousClock.now - begin
        var ages: Set<String> = []
        while ContinuousClock.now - begin < .seconds(35) {
            let read = try await stage.client.get("/v1/projects/\(warm)")
            ages.insert("\(read.status) \(read["Cache-Status"] ?? "") \(read["Age"] ?? "")")
            try await viewer.stream.waitForComments(await viewer.stream.comments + 1)
        }
        try await migration.query("COMMIT")
        try await saved
        let healed = ContinuousClock.now
        try await viewer.read(to: try await stage.expected(warm))
        let opened = try await opening.events(through: "ready", within: .seconds(15))
        let late = ContinuousClock.now - healed

        #expect(refused.status == 503)
        #expect(refused["Retry-After"] != nil)
        #expect(patience < .seconds(7))
        #expect(ages.isSubset(of: ["200 scenesync; hit 0", "200 scenesync; hit 1"]), "\(ages)")
        #expect(viewer.mirror.counts["stale"] == nil)
        #expect(late < .seconds(5))
        #expect(opened.names == ["snapshot", "ready"])
        #expect(try await stage.client.get("/readyz").status == 200)
        #expect(try await stage.metric("scenesync_database_reconnects_total") == 0)
    }
}
