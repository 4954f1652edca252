import Postgres

/// A database for one test, copied from a template, dropped afterwards.
package struct Database: Sendable {
    @TaskLocal package static var currentOrNil: Database?

    package let server: Server
    package let name: String

    /// The one of the running test, given by the trait `.database`.
    package static var current: Database {
        get throws {
            guard let current = currentOrNil else { throw DatabaseError.noTrait }
            return current
        }
    }

    /// For tests that need several, or one on a private server.
    package static func with<R>(
        _ template: Template = .empty, on server: Server, _ body: (Database) async throws -> R
    ) async throws -> R {
        let database = try await server.templates.copy(template, on: server)
        let result: Result<R, any Error>
        do { result = .success(try await body(database)) } catch { result = .failure(error) }
        try? await server.templates.drop(database)
        return try result.get()
    }

    /// The one of this name on another server.
    package func on(_ server: Server) -> Database {
        Database(server: server, name: name)
    }

    package func connectionString(as role: Role = .owner) -> String {
        server.connectionString(database: name, as: role)
    }

    package func settings(as role: Role = .owner) -> ConnectionSettings {
        ConnectionSettings(connectionString(as: role))
    }

    package func open(as role: Role = .owner, on loop: PollLoop? = nil) async throws -> Session {
        try await Session.open(settings(as: role), on: loop ?? server.loop)
    }
}

/// A test asked for its database and has none.
package enum DatabaseError: Error {
    case noTrait
}
