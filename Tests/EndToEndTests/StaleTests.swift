import Glibc
import Postgres
import PostgresTestSupport
import Testing

/// Each test has a PostgreSQL of its own, to be taken away.
@Suite(.bothWays, .serialized, .timeLimit(.minutes(4)))
struct StaleTests {
    /// What the contract allows, and half a second for a busy machine.
    private static let limit = Duration.milliseconds(3_500)

    private func withStage(_ flags: [String] = [], _ body: (Server, Stage) async throws -> Void) async throws {
        let server = try await Server.start()
        try await Database.with(.sceneSync, on: server) { database in
            try await body(server, try await Stage.start(flags, on: database))
        }
    }

    private func expectStale(_ event: ServerSentEvent?) throws {
        #expect(event?.event == "stale")
        let since = try JSONReader.read(event?.data ?? "")["since"]?.plainString ?? ""
        #expect(since.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) != nil, "\(since)")
        #expect(event?.id == nil)
    }

    @Test func `while the database is down, what is known is served as stale and nothing else`() async throws {
        try await withStage { server, stage in
            let project = try await stage.insertProject()
            let cold = try await stage.insertProject()
            let target = "/v1/projects/\(project)"
            var viewer = try await Viewer.open(project, at: stage.daemon.port)
            try await viewer.read(through: "ready")
            let live = try await stage.client.get(target)
            let begin = ContinuousClock.now

            try await server.stop(.fast)
            try expectStale(try await viewer.next(within: Self.limit))
            let noticed = ContinuousClock.now - begin
            let stale = try await stage.client.get(target)
            let head = try await stage.client.head(target, ["If-None-Match": live.etag ?? ""])
            let ready = try await stage.client.get("/readyz")
            let health = try await Command.run(["health", "--listen", "127.0.0.1:\(stage.daemon.port)"])

            #expect(noticed < Self.limit)
            #expect(stale.status == 200)
            #expect(stale.body == live.body)
            for answer in [stale, head] { #expect(answer["Cache-Status"] == "scenesync; hit; detail=stale") }
            #expect(head.status == 304)
            #expect(ready.status == 503)
            #expect(ready["Content-Type"] == "application/problem+json")
            #expect(try JSONReader.read(ready.text)["detail"]?.text.contains("database") == true)
            #expect(health.status == 1)
            #expect(try await stage.client.get("/healthz").status == 200)
            for refused in [
                try await stage.client.get("/v1/projects/\(cold)"),
                try await stage.client.get("/v1/projects/\(cold)/scenes"),
                try await stage.client.get(target, ["Cache-Control": "no-cache"]),
            ] {
                #expect(refused.status == 503)
                #expect(refused["Retry-After"].flatMap { Int($0) } != nil)
                #expect(refused["Content-Type"] == "application/problem+json")
            }
            try await eventually("Age grows") {
                Int(try await stage.client.get(target)["Age"] ?? "") ?? 0 >= 3
            }
        }
    }

    @Test func `streams opened while the database is down get what is known, and ready after healing`() async throws {
        try await withStage { server, stage in
            let warm = try await stage.insertProject()
            let cold = try await stage.insertProject()
            let gone = "00000000-0000-4000-8000-000000000000"
            let revision = try await stage.client.get("/v1/projects/\(warm)").etag?.filter { $0 != "\"" }
            var witness = try await Viewer.open(warm, at: stage.daemon.port)
            try await witness.read(through: "ready")
            try await server.stop(.immediate)
            try await witness.read(through: "stale")

            var new = try await Viewer.open(warm, at: stage.daemon.port)
            let known = try await Viewer.open(warm, at: stage.daemon.port, lastEventID: revision)
            var unknown = try await Viewer.open(warm, at: stage.daemon.port, lastEventID: "unknown")
            var waiting = try await Viewer.open(cold, at: stage.daemon.port)
            var lost = try await Viewer.open(gone, at: stage.daemon.port)
            for event in [
                try await new.next(), try await known.stream.next(), try await unknown.next(), try await waiting.next(),
                try await lost.next(),
            ] { try expectStale(event) }
            #expect(try await new.next().event == "snapshot")
            try await server.start()

            #expect(try await new.next(within: .seconds(20)).event == "ready")
            #expect(try await known.stream.next(within: .seconds(20))?.event == "ready")
            #expect(try await unknown.read(through: "ready", within: .seconds(20)).names == ["snapshot", "ready"])
            #expect(try await waiting.read(through: "ready", within: .seconds(20)).names == ["snapshot", "ready"])
            #expect(try await lost.next(within: .seconds(20)).event == "deleted")
            try await lost.stream.waitForEnd()
            #expect(try await stage.client.get("/readyz").status == 200)
        }
    }

    @Test func `what changes while the daemon is locked out comes as ordinary events, then ready`() async throws {
        try await withStage { server, stage in
            let role = Role.daemon.rawValue
            var viewers: [Viewer] = []
            for _ in 0..<4 {
                let project = try await stage.insertProject()
                try await stage.save("old", scene: 1, of: project)
                var viewer = try await Viewer.open(project, at: stage.daemon.port)
                try await viewer.read(through: "ready")
                viewers.append(viewer)
            }
            let projects = viewers.map(\.mirror.project)

            try await stage.admin.query("ALTER ROLE \(role) NOLOGIN")
            try await stage.admin.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", [role])
            for index in viewers.indices { try await viewers[index].read(through: "stale", within: Self.limit) }
            try await stage.save("new", scene: 2, of: projects[0])
            try await stage.save("more", scene: 3, of: projects[0])
            try await stage.write(
                "DELETE FROM generated_images WHERE content_creation_request_id = $1::uuid", projects[0])
            try await stage.save("kept", scene: 2, of: projects[0])
            try await stage.write(
                "UPDATE content_creation_requests SET generated_output = '[]' WHERE id = $1::uuid", projects[1])
            try await stage.write("DELETE FROM content_creation_requests WHERE id = $1::uuid", projects[2])
            try await stage.admin.query("ALTER ROLE \(role) LOGIN")
            var names: [[String]] = []
            for index in viewers.indices {
                let last = index == 2 ? "deleted" : "ready"
                names.append(try await viewers[index].read(through: last, within: .seconds(20)).names)
            }

            // Of the first project's scenes 1 to 3 one has lost its picture, one has a new one, one has had one meanwhile.
            #expect(names[0].last == "ready" && Set(names[0].dropLast()) == ["scene"])
            #expect(names[1...] == [["snapshot", "ready"], ["deleted"], ["ready"]])
            for index in [0, 1, 3] {
                #expect(viewers[index].mirror.generatedOutput == (try await stage.expected(projects[index])))
            }
            try await stage.save("after", scene: 2, of: projects[3])
            #expect(try await viewers[3].next().event == "scene")
        }
    }

    @Test func `a daemon that is started while the database is down heals`() async throws {
        try await withStage { server, stage in
            let project = try await stage.insertProject()
            try await server.stop(.fast)
            let daemon = try await DaemonProcess.start(database: stage.database.connectionString(as: .daemon))

            var viewer = try await Viewer.open(project, at: daemon.port)
            try expectStale(try await viewer.next(within: Self.limit))
            let ready = try await daemon.client().get("/readyz")
            let read = try await daemon.client().get("/v1/projects/\(project)")
            try await server.start()
            let events = try await viewer.read(through: "ready", within: .seconds(20))

            #expect(ready.status == 503)
            #expect(read.status == 503)
            #expect(events.names == ["snapshot", "ready"])
            #expect(try await daemon.client().get("/readyz").status == 200)
        }
    }
}
