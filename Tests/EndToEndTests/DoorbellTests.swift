import Glibc
import Postgres
import PostgresTestSupport
import Testing

/// The two ways by which changes come, and the switch between them.
@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct DoorbellTests {
    static let hasLocks = "pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2)"
    /// Changes a second: a single one is fewer, one after the other are more, however slow the machine is.
    private static let slow = "10"
    private static let burst = """
        INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
        VALUES ($1::uuid, $2::integer % 3 + 1, $2::integer, 'u' || $2)
        """

    @Test func `many changes come by the table, a few by notifications, and all arrive`() async throws {
        let stage = try await Stage.start(["--busy-above", Self.slow])
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        try await eventually("quiet") { try await stage.isQuiet() }

        for number in 0..<200 { try await stage.write(Self.burst, project, "\(number)") }
        try await viewer.read(to: try await stage.expected(project))
        #expect(try await !stage.isQuiet())
        #expect(try await stage.metric("scenesync_changes_read_total") > 100)
        try await eventually("quiet again", within: .seconds(15)) { try await stage.isQuiet() }
        let read = try await stage.metric("scenesync_changes_read_total")
        try await stage.save("last", scene: 1, place: -1, of: project)
        try await viewer.read(to: try await stage.expected(project))

        #expect(try await stage.metric("scenesync_changes_read_total") == read)
        #expect(try await stage.metric("scenesync_doorbell_switches_total") >= 3)
        #expect(viewer.mirror.counts["stale"] == nil)
    }

    /// Below `--busy-above` it is the waiting that counts. Commits hardly meet on a fast disk: each is held up here.
    @Test(arguments: ["auto", "notify"])
    func `writers who wait for each other's notifications make it busy where it may be`(way: String) async throws {
        let settings = ["fsync": "on", "commit_delay": "20000", "commit_siblings": "0"]
        let server = try await Server.start(settings: settings)
        try await Database.with(.sceneSync, on: server) { database in
            let stage = try await Stage.start(["--busy-above", "100000", "--doorbell", way], on: database)
            let project = try await stage.insertProject()
            try await eventually("quiet") { try await stage.isQuiet() }

            try await withThrowingTaskGroup { group in
                // So many that the daemon's own notifications wait long behind theirs.
                for writer in 0..<40 {
                    let session = try await stage.database.open(as: .writer)
                    group.addTask {
                        for number in 0..<10 {
                            try await session.query(Self.burst, [project, String(writer * 1_000 + number)])
                        }
                    }
                }
                if way == "auto" { try await eventually("busy") { try await !stage.isQuiet() } }
                try await group.waitForAll()
            }

            let expected = try await stage.expected(project)
            try await eventually("all have arrived") {
                try await stage.client.get("/v1/projects/\(project)").generatedOutput(of: project) == expected
            }
            #expect(try await stage.metric("scenesync_database_reconnects_total") == 0)
        }
    }

    /// While the daemon waits for the lock every new writer notifies.
    @Test func `a writer who idles in a transaction keeps the daemon busy, and waiting only for a moment`() async throws
    {
        let stage = try await Stage.start(["--busy-above", Self.slow])
        let project = try await stage.insertProject()
        let idle = try await stage.database.open(as: .writer)
        let isByTable =
            "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory' AND objid = 2)"
        var number = 0
        // It may be quiet again before the one that idles has begun.
        try await eventually("a transaction is open that announces by the table") {
            for _ in 0..<20 {
                try await stage.write(Self.burst, project, "\(number)")
                number += 1
            }
            try await idle.query("BEGIN")
            try await idle.query(Stage.insertion, [project, "9", "0", "idle"])
            if try await idle.query(isByTable).bool(0, 0) == true { return true }
            try await idle.query("ROLLBACK")
            return false
        }
        let isWaiting = "pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 2 AND NOT granted)"

        try await eventually("it asks for quiet", within: .seconds(30)) {
            try await !stage.sessions(where: isWaiting).isEmpty
        }
        try await eventually("it does not wait for ever", within: .seconds(10)) {
            try await stage.sessions(where: isWaiting).isEmpty
        }
        #expect(try await !stage.isQuiet())
        try await idle.query("COMMIT")
        try await eventually("quiet", within: .seconds(45)) { try await stage.isQuiet() }

        let read = try await stage.client.get("/v1/projects/\(project)")
        #expect(read.generatedOutput(of: project) == (try await stage.expected(project)))
    }

    @Test func `with notify it stays quiet whatever comes`() async throws {
        let stage = try await Stage.start(["--doorbell", "notify"])
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        try await eventually("quiet") { try await stage.isQuiet() }

        for number in 0..<200 { try await stage.write(Self.burst, project, "\(number)") }
        try await viewer.read(to: try await stage.expected(project))

        #expect(try await stage.isQuiet())
        #expect(try await stage.metric("scenesync_changes_read_total") == 0)
    }

    @Test func `with table every change comes by the table, and writers may prepare transactions`() async throws {
        let server = try await Server.start(settings: ["max_prepared_transactions": "5"])
        try await Database.with(.sceneSync, on: server) { database in
            let stage = try await Stage.start(["--doorbell", "table"], on: database)
            let project = try await stage.insertProject()
            var viewer = try await Viewer.open(project, at: stage.daemon.port)
            try await viewer.read(through: "ready")

            try await stage.writer.query("BEGIN")
            try await stage.save("prepared", scene: 1, of: project)
            try await stage.writer.query("PREPARE TRANSACTION 'one'")
            try await stage.save("beside it", scene: 2, of: project)
            try await viewer.read(to: try await stage.expected(project))
            try await stage.writer.query("COMMIT PREPARED 'one'")
            try await viewer.read(to: try await stage.expected(project))

            #expect(viewer.mirror.generatedOutput?.contains("prepared") == true)
            #expect(try await !stage.isQuiet())
        }
    }

    /// The application alters its table: no writer gets through, but that is no reason to call the feed lost.
    @Test func `a lock that the app keeps on its table is no loss`() async throws {
        let stage = try await Stage.start(["--doorbell", "table"])
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let owner = try await stage.database.open(as: .owner)

        // Something to be looked up while the lock is held: the daemon is frozen until it is.
        stage.daemon.signal(SIGSTOP)
        try await stage.save("a", scene: 1, of: project)
        try await owner.query("BEGIN")
        try await owner.query("LOCK TABLE generated_images IN ACCESS EXCLUSIVE MODE")
        stage.daemon.signal(SIGCONT)
        // Longer than a reading's patience.
        let begin = ContinuousClock.now
        try await eventually("read for three seconds") {
            let isLive = try await stage.metric("scenesync_feed_live")
            #expect(isLive == 1)
            return ContinuousClock.now - begin > .seconds(3)
        }
        try await owner.query("COMMIT")
        try await viewer.read(to: try await stage.expected(project))

        #expect(viewer.mirror.counts["stale"] == nil)
        #expect(try await stage.metric("scenesync_database_reconnects_total") == 0)
    }

    @Test func `a frozen daemon loses its locks, and what it missed is mended`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let held = try await stage.sessions(where: Self.hasLocks)

        stage.daemon.signal(SIGSTOP)
        try await eventually("the gate is gone", within: .seconds(45)) {
            try await stage.sessions(where: Self.hasLocks).isEmpty
        }
        try await stage.save("silent", scene: 1, of: project)
        let announced = try await stage.admin.query("SELECT count(*) FROM scene_sync.changes").int64(0, 0)
        stage.daemon.signal(SIGCONT)
        try await viewer.read(to: try await stage.expected(project), within: .seconds(20))

        #expect(!held.isEmpty)
        #expect(announced == 0)
        #expect(viewer.mirror.counts["stale"] == 1)
    }
}

extension Stage {
    func isQuiet() async throws -> Bool {
        try await client.get("/metrics").text.contains("scenesync_doorbell_mode{mode=\"quiet\"} 1")
    }
}
