import Glibc
import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(1)))
struct LossTests {
    /// What the contract allows, and half a second for a busy machine.
    private static let limit = Duration.milliseconds(3_500)

    enum Sessions: CaseIterable {
        case listener, gate, reader, all

        func find(_ stage: Stage) async throws -> [pid_t] {
            switch self {
            // Once it listens it is asked nothing for a while.
            case .listener: Array(try await stage.sessions().prefix(1))
            case .gate: try await stage.sessions(where: DoorbellTests.hasLocks)
            case .reader: try await stage.sessions(where: "query ~ 'read_changes|presence'")
            case .all: try await stage.sessions()
            }
        }
    }

    @Test(arguments: Sessions.allCases)
    func `a session of the daemon's is killed, and nothing is missed`(sessions: Sessions) async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let killed = try await sessions.find(stage)

        try await stage.admin.query(
            "SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid",
            ["{\(killed.map { "\($0)" }.joined(separator: ","))}"])
        try await stage.save("a", scene: 1, of: project)
        var events = try await viewer.read(through: "ready", within: .seconds(20))
        // Where the save came after the revalidation it is announced as ever.
        while !events.names.contains("scene") { events.append(try await viewer.next(within: .seconds(5))) }

        #expect(!killed.isEmpty)
        #expect(events.names.filter { $0 == "stale" }.count == 1)
        #expect(Set(events.names) == ["stale", "scene", "ready"])
        #expect(viewer.mirror.generatedOutput == (try await stage.expected(project)))
        // A machine that stands still for two seconds afterwards is another loss.
        #expect(try await stage.metric("scenesync_database_reconnects_total") >= 1)
    }

    /// Not the gate: it delivers nothing, and its locks are held whether it answers or not.
    @Test(arguments: [Sessions.listener, .reader, .all])
    func `sessions that are there but silent are noticed, and replaced`(sessions: Sessions) async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let silent = try await sessions.find(stage)
        let begin = ContinuousClock.now

        for pid in silent { kill(pid, SIGSTOP) }
        defer { for pid in silent { kill(pid, SIGCONT) } }
        try await stage.save("a", scene: 1, of: project)
        var events: [ServerSentEvent] = []
        // A listener that works tells of the change before anything is noticed.
        while events.last?.event != "stale" { events.append(try await viewer.next(within: .seconds(5))) }
        let noticed = ContinuousClock.now - begin
        events += try await viewer.read(through: "ready", within: .seconds(20))

        #expect(noticed < Self.limit)
        #expect(Set(events.names) == ["stale", "scene", "ready"])
        #expect(viewer.mirror.generatedOutput == (try await stage.expected(project)))
        #expect(try await stage.client.get("/readyz").status == 200)
    }

    /// A gate that is gone without a word lets writers be silent: what is heard after that proves nothing.
    @Test func `nothing is known to be true from the moment on that writers did not announce`() async throws {
        let database = try Database.current
        let proxy = try Proxy(to: database.server.port)
        let string = "host=127.0.0.1 port=\(proxy.port) user=\(Role.daemon.rawValue) dbname=\(database.name)"
        let daemon = try await DaemonProcess.start(["--doorbell", "table"], database: string)
        try await daemon.logLine(containing: "live: ", within: .seconds(20))
        let admin = try await database.open(as: .superuser)
        let gate = try await admin.query(
            """
            SELECT pid, client_port FROM pg_stat_activity
            WHERE datname = current_database() AND usename = '\(Role.daemon.rawValue)' AND (\(DoorbellTests.hasLocks))
            """)
        let (pid, port) = (try #require(gate.int64(0, 0)), try #require(gate.int64(0, 1)))
        // What cannot come back has no newer proof either.
        try await admin.query("ALTER DATABASE \(database.name) CONNECTION LIMIT 0")

        proxy.silence([.toServer, .toClient], of: [Int(port)])
        let death = ContinuousClock.now
        try await admin.query("SELECT pg_terminate_backend($1::integer)", [String(pid)])
        try await daemon.logLine(containing: "stale: ")
        let line = try await daemon.client().get("/metrics").text.split(separator: "\n")
            .first { $0.hasPrefix("scenesync_cache_age_seconds ") }
        let age = try #require(line?.split(separator: " ").last.flatMap { Double($0) })

        // The metric was made before now.
        #expect(ContinuousClock.now - .seconds(age) < death + .milliseconds(30))
    }

    @Test func `no answer older than three seconds is called live`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        let target = "/v1/projects/\(project)"
        _ = try await stage.client.get(target)
        let silent = try await stage.sessions()

        for pid in silent { kill(pid, SIGSTOP) }
        defer { for pid in silent { kill(pid, SIGCONT) } }
        // New sessions are not to be had either.
        try await stage.admin.query("ALTER DATABASE \(stage.database.name) CONNECTION LIMIT 0")
        var statuses: [(age: Int, status: String)] = []
        try await eventually("Age 4") {
            let read = try await stage.client.get(target)
            statuses.append((Int(read["Age"] ?? "") ?? 0, read["Cache-Status"] ?? ""))
            return statuses.last?.age ?? 0 >= 4
        }
        try await stage.admin.query("ALTER DATABASE \(stage.database.name) CONNECTION LIMIT -1")

        #expect(zip(statuses, statuses.dropFirst()).allSatisfy { $0.age <= $1.age })
        #expect(statuses.allSatisfy { $0.age < 3 || $0.status == "scenesync; hit; detail=stale" })
        #expect(statuses.first?.status == "scenesync; hit")
        try await eventually("live again", within: .seconds(20)) {
            let read = try await stage.client.get(target)
            return ["0", "1"].contains(read["Age"]) && read["Cache-Status"]?.contains("stale") == false
        }
    }
}
