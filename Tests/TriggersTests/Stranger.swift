import Postgres
import PostgresTestSupport

extension Database {
    /// As a role that was given nothing at all.
    func openAsStranger() async throws -> Session {
        let admin = try await open(as: .superuser)
        let role = "stranger_of_\(name)"
        try await admin.query("CREATE ROLE \(role) LOGIN")
        await admin.close()
        return try await Session.open(ConnectionSettings("\(connectionString()) user=\(role)"), on: server.loop)
    }
}
