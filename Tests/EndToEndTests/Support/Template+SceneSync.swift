import Migrations
import Postgres
import PostgresTestSupport
import Triggers

extension Template {
    /// The app's tables, migrated, with the rights that a writer and a daemon have in real deployments.
    static let sceneSync = Template("scene_sync") { try await fill($0) }

    /// The same with row security: the writer has a policy, the daemon none.
    static let sceneSyncWithRowSecurity = Template("scene_sync_rls") { database in
        try await fill(database)
        let owner = try await database.open(as: .owner)
        for table in ["content_creation_requests", "generated_images"] {
            try await owner.query("ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY")
            try await owner.query(
                "CREATE POLICY writers ON \(table) TO \(Role.writer.rawValue) USING (true) WITH CHECK (true)")
        }
        await owner.close()
    }

    static func fill(_ database: Database) async throws {
        let owner = try await database.open(as: .owner)
        try await owner.run(
            script: """
                CREATE TABLE content_creation_requests (
                    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                    title text,
                    status text NOT NULL DEFAULT 'new',
                    generated_output jsonb
                );
                """)
        let migrator = Migrator(
            database.settings(as: .owner), on: database.server.loop, bookkeeping: "scene_sync.applied",
            once: Migrations.all, always: Triggers.all)
        try await migrator.apply(wait: .seconds(10))
        try await owner.query("SELECT scene_sync.examine()")
        try await owner.query("CALL scene_sync.grant_to_daemon($1::name)", [Role.daemon.rawValue])
        try await owner.run(
            script: """
                GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON content_creation_requests, generated_images
                TO \(Role.writer.rawValue);
                """)
        await owner.close()
    }
}
