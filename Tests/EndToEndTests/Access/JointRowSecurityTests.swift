import PostgresTestSupport
import Testing

/// On a joint stream the database's policies decide for each project, at its beginning and as long as it goes on.
@Suite(.database(.supabase), .bothWays, .timeLimit(.minutes(2)))
struct JointRowSecurityTests {
    private func open(_ projects: [String], _ stage: Stage) async throws -> EventStream {
        let query = projects.map { "project=\($0)" }.joined(separator: "&")
        return try await EventStream.open(
            port: stage.daemon.port, "/v1/events?\(query)", headers: Tokens.header(Tokens.of(user: Stage.bob)))
    }

    @Test func `a project whose right is taken away leaves it, and the others stay`() async throws {
        let stage = try await Stage.startWithRowSecurity(["--reauthorize", "1"])
        let own = try await stage.insertProject(of: Stage.bob)
        let shared = try await stage.insertProject(of: Stage.alice, sharedWith: Stage.bob)
        let stream = try await open([shared, own], stage)
        _ = try await stream.events(through: "ready")
        _ = try await stream.events(through: "ready")

        try await stage.share(shared, of: Stage.alice, with: nil)
        let lost = try #require(try await stream.next())
        try await stage.save("hers", scene: 1, of: shared)
        try await stage.save("his", scene: 1, of: own)
        let next = try #require(try await stream.next())

        #expect(lost.event == "deleted" && lost.data.contains(shared), "\(lost)")
        #expect(next.event == "scene" && next.data.contains(own), "\(next)")
    }

    @Test func `what is hidden is as if it were not there, and where all is there is no stream`() async throws {
        let stage = try await Stage.startWithRowSecurity()
        let own = try await stage.insertProject(of: Stage.bob)
        let hidden = try await stage.insertProject(of: Stage.alice)
        let stream = try await open([hidden, own], stage)
        let opening = try await stream.events(through: "ready")

        try await stage.save("hers", scene: 1, of: hidden)
        try await stage.save("his", scene: 1, of: own)
        let next = try #require(try await stream.next())
        let refused = await #expect(throws: RefusedStream.self) { try await open([hidden], stage) }

        #expect(opening.names == ["deleted", "snapshot", "ready"])
        #expect(next.event == "scene" && next.data.contains(own), "\(next)")
        #expect(refused?.head.status == 404)
    }
}
