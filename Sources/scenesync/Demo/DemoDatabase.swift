import Logging
import Postgres

/// The demo's database: a role each for the app and for the daemon, the app's tables, and a few projects.
struct DemoDatabase {
    let socketFolder: String

    /// As the app, which owns the tables and whose workers write.
    var app: String { "host=\(quoted(socketFolder)) dbname=demo user=app" }
    /// As the daemon, which may do nothing but listen and load.
    var daemon: String { "host=\(quoted(socketFolder)) dbname=demo user=scenesync" }

    func prepare(schemaLog: @escaping @Sendable (String) -> Void) async throws {
        let loop = try PollLoop.start(name: "demo")
        let admin = try await Session.open(
            ConnectionSettings("host=\(quoted(socketFolder)) dbname=postgres user=postgres"), on: loop)
        if try await admin.query("SELECT FROM pg_database WHERE datname = 'demo'").count == 0 {
            try await admin.query("CREATE ROLE app LOGIN")
            try await admin.query("CREATE ROLE scenesync LOGIN")
            try await admin.query("CREATE DATABASE demo OWNER app")
        }
        await admin.close()

        let session = try await Session.open(ConnectionSettings(app), on: loop)
        try await session.query(
            """
            CREATE TABLE IF NOT EXISTS content_creation_requests (
                id uuid PRIMARY KEY,
                generated_output jsonb,
                created_at timestamptz NOT NULL DEFAULT now()
            )
            """)
        _ = try await Installation(app, schema: "public", daemonRole: "scenesync")
            .apply(wait: .seconds(10), progress: schemaLog)
        for project in DemoProject.all {
            try await session.query(
                "INSERT INTO content_creation_requests (id, generated_output) VALUES ($1::uuid, $2::jsonb) ON CONFLICT DO NOTHING",
                [project.id, project.document])
        }
        await session.close()
    }

    /// A value of a connection string.
    private func quoted(_ value: String) -> String {
        "'" + value.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
