import Postgres
import PostgresTestSupport
import Testing

/// With a server of its own, which it stops.
@Suite(.timeLimit(.minutes(2)))
struct RestartTests {
    @Test func `a server that goes takes its sessions, and another session is opened when it is back`() async throws {
        let server = try await Server.start()
        let settings = ConnectionSettings(server.connectionString())
        let loop = try PollLoop.start(name: "restart")
        let first = try await Session.open(settings, on: loop)

        try await server.stop(.immediate)

        #expect(try await !first.waitUntilLost().isEmpty)
        let error = await failure { try await Session.open(settings, on: loop) }
        #expect(error?.isUnreachable == true)
        try await server.start()
        let second = try await Session.open(settings, on: loop)
        #expect(try await second.query("SELECT 3").int64(0, 0) == 3)
    }
}
