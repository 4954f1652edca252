import Glibc
import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(1)))
struct LossTests {
    /// What the contract allows, and half a second for a busy machine.
    private static let limit = Duration.milliseconds(3_500)

    private static let loads = "query ~ 'scene_sync.load'"

    enum Sessions: CaseIterable {
        case listener, gate, reader, loaders, audits, all

        /// What they are for shows once each of them has been asked something.
        func find(_ stage: Stage) async throws -> [pid_t] {
            var found: [pid_t] = []
            try await eventually("all of these sessions are there") {
                found = try await now(stage)
                return found.count >= (self == .loaders ? 2 : 1)
            }
            return found
        }

        private func now(_ stage: Stage) async throws -> [pid_t] {
            switch self {
            // Once it listens it is asked nothing for a while.
            case .listener: Array(try await stage.sessions().prefix(1))
            case .gate: try await stage.sessions(where: DoorbellTests.hasLocks)
            case .reader: try await stage.sessions(where: "query ~ 'read_changes|presence'")
            case .loaders: try await stage.sessions(where: LossTests.loads)
            case .audits: try await stage.sessions(where: "query ~ 'scene_sync.compare'")
            case .all: try await stage.sessions()
            }
        }
    }

    @Test(.bothWays, arguments: Sessions.allCases)
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
    @Test(arguments: [Sessions.listener, .reader, .loaders, .audits, .all])
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

    /// It goes on hearing everything.
    @Test func `a listener that the server hears no more is noticed`() async throws {
        let proxy = try Proxy(to: Database.current.server.port)
        let stage = try await Stage.start(through: proxy)
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let listener = try await Sessions.listener.find(stage)
        let begin = ContinuousClock.now

        proxy.silence([.toServer], of: try await stage.ports(where: "pid = \(listener[0])"))
        try await viewer.read(through: "stale", within: .seconds(10))

        #expect(ContinuousClock.now - begin < Self.limit)
        proxy.heal()
        try await viewer.read(through: "ready", within: .seconds(20))
    }

    /// Which of the two it is may be a load that takes long: the server is asked.
    @Test(arguments: [ProxyLink.Direction.toServer, .toClient])
    func `a load that has no answer is noticed`(way: ProxyLink.Direction) async throws {
        let proxy = try Proxy(to: Database.current.server.port)
        let stage = try await Stage.start(through: proxy)
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let other = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(other)")
        _ = try await Sessions.loaders.find(stage)
        let begin = ContinuousClock.now

        proxy.silence([way], of: try await stage.ports(where: Self.loads))
        // A load for each of the sessions: one without would be asked whether it is there.
        for project in [project, other] {
            try await stage.write(
                #"UPDATE content_creation_requests SET generated_output = '{"scenes": []}' WHERE id = $1::uuid"#,
                project)
        }
        let events = try await viewer.read(through: "stale", within: .seconds(9))
        let noticed = ContinuousClock.now - begin
        let healed = try await viewer.read(through: "ready", within: .seconds(20))

        #expect(noticed < Self.limit)
        #expect(events.names == ["stale"])
        #expect(healed.names == ["snapshot", "ready"])
    }

    @Test func `a load that waits for a lock is none that has no answer`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let owner = try await stage.database.open()

        try await owner.query("BEGIN")
        try await owner.query("LOCK generated_images")
        try await stage.write(
            #"UPDATE content_creation_requests SET generated_output = '{"scenes": []}' WHERE id = $1::uuid"#, project)
        try await owner.query("SELECT pg_sleep(5)")
        try await owner.query("COMMIT")

        #expect(try await viewer.read(through: "snapshot").names == ["snapshot"])
        #expect(try await stage.metric("scenesync_database_reconnects_total") == 0)
    }

    /// A gate that is gone without a word lets writers be silent: what is heard after that proves nothing.
    @Test func `nothing is known to be true from the moment on that writers did not announce`() async throws {
        let database = try Database.current
        let proxy = try Proxy(to: database.server.port)
        let stage = try await Stage.start(["--doorbell", "table"], through: proxy)
        let pid = try #require(try await stage.sessions(where: DoorbellTests.hasLocks).first)
        let ports = try await stage.ports(where: DoorbellTests.hasLocks)
        // What cannot come back has no newer proof either.
        try await stage.admin.query("ALTER DATABASE \(database.name) CONNECTION LIMIT 0")

        proxy.silence([.toServer, .toClient], of: ports)
        let death = ContinuousClock.now
        try await stage.admin.query("SELECT pg_terminate_backend($1::integer)", [String(pid)])
        try await stage.daemon.logLine(containing: "stale: ")
        let age = try await stage.figure("scenesync_cache_age_seconds")

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
