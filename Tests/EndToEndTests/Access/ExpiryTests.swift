import PostgresTestSupport
import Testing

/// A stream lasts as long as its token, and goes on with the next one.
@Suite(.bothWays, .daemon("--auth", "jwt", "--jwt-secret", Tokens.secret), .timeLimit(.minutes(2)))
struct ExpiryTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    @Test func `a stream ends with its token, and nothing is lost to who comes with another one`() async throws {
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(
            project, at: stage.daemon.port, headers: Tokens.header(Tokens.of(read: [project], seconds: 3)))
        try await viewer.read(through: "ready")
        try await stage.save("before", scene: 1, of: project)
        _ = try await viewer.next()

        try await viewer.read(through: "expired")
        let afterwards = try await viewer.stream.next()
        try await stage.save("between", scene: 2, of: project)
        try await viewer.reconnect(headers: Tokens.header(Tokens.of(read: [project])))
        // Whether it was announced before or after the reconnection: as an event.
        try await viewer.read(to: try await stage.expected(project))

        #expect(afterwards == nil)
        #expect(viewer.mirror.counts["snapshot"] == 1)
    }

    @Test func `expired has no id, and an empty object`() async throws {
        let project = try await stage.insertProject()
        let stream = try await stage.stream(project, as: Tokens.of(read: [project], seconds: 2))
        _ = try await stream.events(through: "ready")

        let event = try #require(try await stream.next(within: .seconds(6)))

        #expect(event.event == "expired" && event.id == nil && event.data == "{}")
        #expect(try await stream.next() == nil)
    }

    @Test func `the monitor's stream ends with its token, too`() async throws {
        let stream = try await EventStream.open(
            port: stage.daemon.port, "/v1/monitor/events", headers: Tokens.header(Tokens.of(isAdmin: true, seconds: 2)))

        let event = try #require(try await stream.nextEvent(named: "expired", within: .seconds(6)))

        #expect(event.id == nil && event.data == "{}")
        #expect(try await stream.next() == nil)
    }

    @Test func `a token that has ended opens no stream and reads nothing`() async throws {
        let project = try await stage.insertProject()
        let token = Tokens.of(read: [project], seconds: 1)
        _ = try await stage.get("/v1/projects/\(project)", as: token, Way.current.headers)

        try await eventually("it has ended", within: .seconds(5)) {
            try await stage.get("/v1/projects/\(project)", as: token, Way.current.headers).status == 401
        }

        await #expect(throws: RefusedStream.self) { try await stage.stream(project, as: token) }
    }
}
