import Postgres
import PostgresTestSupport
import Testing

/// OpenSSL hands out a record of 16 KB in pieces, of which the socket knows nothing.
@Suite(.timeLimit(.minutes(2)))
struct TLSTests {
    private func open(_ server: Server) async throws -> Session {
        let certificate = " sslmode=verify-full sslrootcert=\(server.folder)/server.crt"
        return try await Session.open(ConnectionSettings(server.connectionString() + certificate), on: server.loop)
    }

    @Test func `answers and notifications of every size come through TLS without waiting for another byte`()
        async throws
    {
        let server = try await Server.start(tls: true)
        let listener = try await open(server)
        let writer = try await open(server)
        #expect(try await writer.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").bool(0, 0) == true)
        try await listener.query("LISTEN changes")

        for size in stride(from: 1000, through: 60_000, by: 777) {
            let rows = try await writer.query(
                "SELECT repeat('x', $1::int), pg_notify('changes', repeat('y', $1::int % 8000))", ["\(size)"],
                deadline: .seconds(10))
            #expect(rows.withBytes(0, 0) { $0?.count } == size)
        }
        try await writer.query("SELECT pg_notify('changes', n || repeat('z', 7000)) FROM generate_series(1, 500) n")

        #expect(await listener.next(576).count == 576)
    }

    @Test func `a certificate that is not the server's is refused`() async throws {
        let server = try await Server.start(tls: true)
        let settings = ConnectionSettings(
            "\(server.connectionString()) sslmode=verify-full sslrootcert=/etc/hostname")

        let error = await #expect(throws: PostgresError.self) { try await Session.open(settings, on: server.loop) }

        #expect(error?.isUnreachable == true)
    }
}
