import Migrations
import Postgres
import PostgresTestSupport
import Triggers

/// What `migrate` does to the running test's database, for a schema of the app's.
struct Installation: Sendable {
    var schema = "public"
    var once = Migrations.all
    var always = Triggers.all
    /// Server settings of the session that migrates.
    var options: [String: String] = [:]

    /// The table that the app had before there were images of its own.
    static let parent = """
        CREATE TABLE public.content_creation_requests (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            generated_output jsonb
        );
        """

    /// What `migrate` says about what it applied.
    @discardableResult
    func apply(wait: Duration = .zero) async throws -> [String] {
        let session = try await Database.current.open()
        try await UnfitColumns.check(schema, session)
        await session.close()
        return try await migrator().apply(wait: wait)
    }

    func status() async throws -> [ScriptStatus] {
        try await migrator().status()
    }

    var quotedSchema: String {
        "\"\(schema.replacing("\"", with: "\"\""))\""
    }

    /// The scripts are written for the schema `public`.
    func placed(_ text: String) -> String {
        text.replacing("public.", with: "\(quotedSchema).")
    }

    private func migrator() throws -> Migrator {
        let database = try Database.current
        var migrator = Migrator(
            ConnectionSettings(database.connectionString(), options: options), on: database.server.loop,
            bookkeeping: "scene_sync.applied", once: once.map(placed), always: always.map(placed))
        migrator.after = { session in
            try await session.query("SELECT scene_sync.examine()")
            try await session.query("CALL scene_sync.grant_to_daemon($1::name)", [Role.daemon.rawValue])
        }
        return migrator
    }

    private func placed(_ script: Script) -> Script {
        Script(name: script.name, text: placed(script.text))
    }
}
