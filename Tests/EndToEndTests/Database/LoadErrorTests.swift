import Postgres
import PostgresTestSupport
import Testing

/// Loads that fail, wait, or cannot be read: what the owner puts in the place of the true function.
@Suite(.database(.sceneSync), .timeLimit(.minutes(1)))
struct LoadErrorTests {
    private let database: Database

    init() throws {
        database = try Database.current
    }

    /// One that is whatever the project, and one that might be a single project's.
    @Test(arguments: ["insufficient_privilege", "division_by_zero"])
    func `an error that lasts is no storm of loads, nor of lines in the log`(condition: String) async throws {
        let stage = try await Stage.start(["--heartbeat", "1"])
        var viewers: [Viewer] = []
        for _ in 1...12 {
            viewers.append(try await Viewer.open(try await stage.insertProject(), at: stage.daemon.port))
            try await viewers[viewers.count - 1].read(through: "ready")
        }

        try await load("RAISE \(condition)")
        try await stage.writer.query(
            #"UPDATE content_creation_requests SET generated_output = '{"scenes": []}'"#)
        try await stage.daemon.logLine(containing: "can be loaded: ")
        let before = (loads: try await stage.metric("scenesync_cache_loads_total"), lines: stage.daemon.log.count)
        // A comment each second.
        try await viewers[0].stream.waitForComments(await viewers[0].stream.comments + 3)
        let after = (loads: try await stage.metric("scenesync_cache_loads_total"), lines: stage.daemon.log.count)
        try await load("RETURN QUERY SELECT * FROM scene_sync.true_load(projects)")

        #expect(after.loads - before.loads < 12 * 20)
        #expect(after.lines - before.lines < 20)
        for viewer in viewers.indices { try await viewers[viewer].read(through: "snapshot", within: .seconds(5)) }
    }

    @Test func `a project that cannot be read keeps no other from being loaded`() async throws {
        let stage = try await Stage.start()
        let odd = try await stage.insertProject()
        let other = try await stage.insertProject()
        var oddViewer = try await Viewer.open(odd, at: stage.daemon.port)
        try await oddViewer.read(through: "ready")
        var viewer = try await Viewer.open(other, at: stage.daemon.port)
        try await viewer.read(through: "ready")

        try await load(
            """
            RETURN QUERY SELECT l.project, l.present, CASE WHEN l.project = '\(odd)' THEN '{' ELSE l.document END,
                l.images, l.lost, l.snapshot
            FROM scene_sync.true_load(projects) AS l
            """)
        // All that is watched is loaded anew, by one query.
        try await stage.admin.query(
            "SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid",
            ["{\(try await stage.sessions().map { "\($0)" }.joined(separator: ","))}"])

        #expect(try await viewer.read(through: "ready", within: .seconds(15)).names == ["stale", "ready"])
        try await stage.daemon.logLine(containing: "can be loaded: ")
    }

    @Test func `a load that takes long keeps no other waiting`() async throws {
        let stage = try await Stage.start()
        let slow = try await stage.insertProject()
        let locker = try await database.open(as: .owner)
        try await locker.query("SELECT pg_advisory_lock(1)")
        try await load(
            """
            IF projects = '{\(slow)}' THEN PERFORM pg_advisory_xact_lock_shared(1); END IF;
            RETURN QUERY SELECT * FROM scene_sync.true_load(projects)
            """)

        async let waiting = stage.client.get("/v1/projects/\(slow)")
        try await eventually("the load waits") {
            try await !stage.sessions(where: "wait_event = 'advisory' AND query ~ 'scene_sync.load'").isEmpty
        }
        // Each is a load of its own; they would go over the sessions by turns.
        for _ in 1...4 {
            #expect(try await stage.client.get("/v1/projects/\(try await stage.insertProject())").status == 200)
        }
        try await locker.query("SELECT pg_advisory_unlock(1)")

        #expect(try await waiting.status == 200)
        #expect(try await stage.metric("scenesync_database_reconnects_total") == 0)
    }

    /// What a load does from now on; `scene_sync.true_load` is what it did.
    private func load(_ body: String) async throws {
        let owner = try await database.open(as: .owner)
        let isFirst = try await owner.query("SELECT to_regproc('scene_sync.true_load') IS NULL").bool(0, 0) == true
        try await owner.run(
            script: """
                \(isFirst ? "ALTER FUNCTION scene_sync.load(uuid[]) RENAME TO true_load;" : "")
                CREATE OR REPLACE FUNCTION scene_sync.load(projects uuid[])
                RETURNS TABLE (project uuid, present boolean, document text, images text, lost text, snapshot text)
                LANGUAGE plpgsql SECURITY DEFINER AS $$
                BEGIN
                    \(body);
                END
                $$;
                GRANT EXECUTE ON FUNCTION scene_sync.load(uuid[]) TO \(Role.daemon.rawValue);
                """)
        await owner.close()
    }
}
