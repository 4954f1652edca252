import Postgres

/// The schema of the app's tables, of which a database has one (contract 1).
enum AppSchema {
    private static let patience = Duration.seconds(3)

    static func check(_ schema: String, recorded: String) throws(ConfigurationError) {
        guard recorded != schema else { return }
        throw ConfigurationError(
            "this database is set up for the schema \(recorded), not \(schema): one schema a database")
    }

    /// Refuses another one than the database was set up for. One that cannot be asked now is for those who need it.
    static func check(_ schema: String, of connectionString: String) async throws {
        guard
            let session = try? await Session.open(
                ConnectionSettings(connectionString), on: try PollLoop.start(name: "schema"))
        else { return }
        // As the daemon's role, which may not read the settings themselves.
        let names = try? await session.query(
            "SELECT (parse_ident(split_part(scene_sync.app_path(), ', pg_temp', 1)))[1]", deadline: patience)
        await session.close()
        if let recorded = names?.string(0, 0) { try check(schema, recorded: recorded) }
    }
}
