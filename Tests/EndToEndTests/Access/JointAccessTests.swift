import PostgresTestSupport
import Testing

/// On a joint stream each project has its own right, and the token one end for all.
@Suite(.bothWays, .daemon("--auth", "jwt", "--jwt-secret", Tokens.secret), .timeLimit(.minutes(2)))
struct JointAccessTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    private func open(_ projects: [String], _ headers: [String: String]) async throws -> EventStream {
        let query = projects.map { "project=\($0)" }.joined(separator: "&")
        return try await EventStream.open(port: stage.daemon.port, "/v1/events?\(query)", headers: headers)
    }

    @Test func `what may not be read is as if it were not there, and the rest goes on`() async throws {
        let (mine, others) = (try await stage.insertProject(), try await stage.insertProject())
        let stream = try await open([others, mine], Tokens.header(Tokens.of(read: [mine])))
        let opening = try await stream.events(through: "ready")

        try await stage.save("theirs", scene: 1, of: others)
        try await stage.save("mine", scene: 1, of: mine)
        let event = try #require(try await stream.next())

        #expect(opening.names == ["deleted", "snapshot", "ready"])
        #expect(event.data.contains(mine))
    }

    @Test func `where nothing may be read there is nothing, and without a token it is not said`() async throws {
        let project = try await stage.insertProject()
        let target = "/v1/events?project=\(project)"
        let other = Tokens.header(Tokens.of(read: ["99999999-0000-4000-8000-000000000000"]))

        #expect(try await stage.streamStatus(target) == 401)
        #expect(try await stage.streamStatus(target, other) == 404)
        let heads = [
            try await stage.client.head(target, Way.current.headers).status,
            try await stage.client.head(target, other.merging(Way.current.headers) { $1 }).status,
            try await stage.client.head(
                target, Tokens.header(Tokens.of(read: [project])).merging(Way.current.headers) { $1 }
            ).status,
        ]
        #expect(heads == [401, 404, 200])
    }

    @Test func `it ends with its token`() async throws {
        let projects = [try await stage.insertProject(), try await stage.insertProject()]
        let stream = try await open(projects, Tokens.header(Tokens.of(read: projects, seconds: 3)))
        _ = try await stream.events(through: "ready")
        _ = try await stream.events(through: "ready")

        let event = try #require(try await stream.next(within: .seconds(6)))

        #expect(event.event == "expired")
        #expect(try await stream.next() == nil)
    }
}
