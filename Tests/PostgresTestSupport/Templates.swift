import Postgres

/// Makes a server's databases one after the other, since copying wants nobody on the template, and drops them.
actor Templates {
    private var creator: Session?
    private var dropper: Session?
    private var made: [String: Task<Database, any Error>] = [:]
    private var count = 0

    func copy(_ template: Template, on server: Server) async throws -> Database {
        // Owned by the dictionary, and awaited by whoever needs the template.
        let making = made[template.name] ?? Task { try await make(template, on: server) }
        made[template.name] = making
        let original = try await making.value
        count += 1
        let copy = Database(server: server, name: "test_\(count)")
        creator = try await session(creator, of: server)
        try await creator?.query(
            "CREATE DATABASE \(copy.name) OWNER \(Role.owner.rawValue) TEMPLATE \(original.name)")
        return copy
    }

    func drop(_ database: Database) async throws {
        // Not behind the databases of tests that are still to come.
        dropper = try await session(dropper, of: database.server)
        try await dropper?.query("DROP DATABASE \(database.name) WITH (FORCE)")
    }

    private func make(_ template: Template, on server: Server) async throws -> Database {
        let database = Database(server: server, name: "template_\(template.name)")
        let admin = try await session(nil, of: server)
        try await admin.query("CREATE DATABASE \(database.name) OWNER \(Role.owner.rawValue)")
        try await template.fill(database)
        // Neither a forgotten session nor autovacuum.
        try await admin.query("ALTER DATABASE \(database.name) ALLOW_CONNECTIONS false")
        try await admin.query(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1", [database.name])
        return database
    }

    private func session(_ session: Session?, of server: Server) async throws -> Session {
        if let session, !session.isLost { return session }
        return try await server.open()
    }
}
