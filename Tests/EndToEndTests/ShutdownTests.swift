import Glibc
import Postgres
import PostgresTestSupport
import Testing

@Suite(.bothWays, .database(.sceneSync), .serialized, .timeLimit(.minutes(2)))
struct ShutdownTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal ends the service in order`(signal: Int32) async throws {
        let stage = try await Stage.start(["--drain-delay", "2"])
        let project = try await stage.insertProject()
        let target = "/v1/projects/\(project)"
        var streams: [EventStream] = []
        for _ in 0..<20 {
            let stream = try await EventStream.open(port: stage.daemon.port, "\(target)/events", isRecorded: true)
            _ = try await stream.events(through: "ready")
            streams.append(stream)
        }

        stage.daemon.signal(signal)
        let begin = ContinuousClock.now
        try await eventually("not ready", within: .seconds(1)) {
            try await stage.client.get("/readyz").status == 503
        }
        // The rest is served as before, to those who come now, too.
        let read = try await stage.daemon.client().get(target)
        let late = try await EventStream.open(port: stage.daemon.port, "\(target)/events", isRecorded: true)
        let opening = try await late.events(through: "ready")
        try await stage.save("a", scene: 1, of: project)
        let change = try await late.next()
        var retries: [Int] = []
        for stream in streams + [late] {
            try await stream.waitForEnd()
            let all = String(decoding: await stream.raw, as: UTF8.self).matches(of: /(?m)^retry: ([0-9]+)$/)
            #expect(all.count == 2)
            retries.append(Int(all.last?.output.1 ?? "") ?? 0)
        }
        let ended = ContinuousClock.now - begin
        let status = await stage.daemon.waitForExit()
        let time = ContinuousClock.now - begin

        #expect(read.status == 200)
        #expect(opening.names == ["snapshot", "ready"])
        #expect(change?.event == "scene")
        #expect(ended > .milliseconds(1_500), "streams ended before the drain delay was over")
        #expect(retries.allSatisfy { (1_000...5_000).contains($0) }, "\(retries)")
        #expect(Set(retries).count > 3, "\(retries)")
        #expect(status == 0)
        #expect(time < .seconds(10))
        await #expect(throws: TransportError.self) { try await HTTPConnection.open(port: stage.daemon.port) }
        try await eventually("no session is left") { try await stage.sessions().isEmpty }
    }

    @Test func `a request under way is finished`() async throws {
        let stage = try await Stage.start(["--drain-delay", "0"])
        let project = try await stage.insertProject()
        let lock = try await stage.database.open(as: .owner)
        try await lock.query("BEGIN")
        try await lock.query("LOCK TABLE content_creation_requests IN ACCESS EXCLUSIVE MODE")
        let client = stage.client
        async let answer = client.get("/v1/projects/\(project)")
        try await eventually("the load waits") { try await !stage.sessions(where: "wait_event_type = 'Lock'").isEmpty }

        stage.daemon.signal(SIGTERM)
        try await eventually("no new connection is taken") {
            (try? await HTTPConnection.open(port: stage.daemon.port)) == nil
        }
        try await lock.query("COMMIT")

        #expect(try await answer.status == 200)
        #expect(try await answer.generatedOutput(of: project) != nil)
        #expect(await stage.daemon.waitForExit() == 0)
    }

    @Test func `clients that do not come to an end do not keep it`() async throws {
        let stage = try await Stage.start(["--drain-delay", "0"])
        let project = try await stage.insertProject()
        let half = try await HTTPConnection.open(port: stage.daemon.port)
        try await half.send(Array("GET /v1/projects/\(project) HTTP/1.1\r\nHost: localhost\r\n".utf8))
        let idle = try await HTTPConnection.open(port: stage.daemon.port)
        let silent = try await EventStream.open(
            port: stage.daemon.port, "/v1/projects/\(project)/events", receiveBuffer: 4_096)
        try await stage.save(String(repeating: "x", count: 7_000), scene: 1, of: project)
        let lock = try await stage.database.open(as: .owner)
        try await lock.query("BEGIN")
        try await lock.query("LOCK TABLE content_creation_requests IN ACCESS EXCLUSIVE MODE")
        let client = stage.client
        async let stuck = client.get("/v1/projects/\(project)", ["Cache-Control": "no-cache"])
        try await eventually("the load waits") { try await !stage.sessions(where: "wait_event_type = 'Lock'").isEmpty }
        let begin = ContinuousClock.now

        stage.daemon.signal(SIGTERM)
        let status = await stage.daemon.waitForExit()

        #expect(status == 0)
        #expect(ContinuousClock.now - begin < .seconds(10))
        _ = try? await stuck
        _ = (half, idle, silent)
    }

    @Test(arguments: [SIGTERM, SIGINT], [SIGTERM, SIGINT])
    func `a second signal ends at once`(first: Int32, second: Int32) async throws {
        let stage = try await Stage.start(["--drain-delay", "30"])

        stage.daemon.signal(first)
        try await eventually("not ready") { try await stage.client.get("/readyz").status == 503 }
        let begin = ContinuousClock.now
        stage.daemon.signal(second)
        _ = await stage.daemon.waitForExit()

        #expect(ContinuousClock.now - begin < .seconds(2))
    }
}
