import Postgres
import PostgresTestSupport
import Testing

/// `migrate --rls-role` lets the daemon act as a role.
@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(1)))
struct MigrateRoleTests {
    private static let daemon = "rls_daemon"
    private static let role = "rls_user"

    private func withRoles(_ body: (Database, Session) async throws -> Void) async throws {
        let database = try Database.current
        let admin = try await database.open(as: .superuser)
        try await admin.run(
            script:
                "CREATE ROLE \(Self.role) NOLOGIN; CREATE ROLE \(Self.daemon) LOGIN; GRANT SELECT ON generated_images TO \(Self.role)"
        )
        let result: Result<Void, any Error>
        do { result = .success(try await body(database, admin)) } catch { result = .failure(error) }
        try await admin.run(
            script: "DROP OWNED BY \(Self.role), \(Self.daemon); DROP ROLE \(Self.role); DROP ROLE \(Self.daemon)")
        try result.get()
    }

    private func migrate(_ database: Database, _ flags: String...) async throws -> Command {
        try await Command.run(
            ["migrate"] + flags, environment: ["DATABASE_URL": database.connectionString(as: .superuser)])
    }

    @Test func `the daemon may act as the role, and has not its rights otherwise`() async throws {
        try await withRoles { database, admin in
            for _ in 0..<2 {
                let command = try await migrate(database, "--daemon-role", Self.daemon, "--rls-role", Self.role)
                #expect(command.status == 0, "\(command)")
            }
            let daemon = try await Session.open(
                ConnectionSettings(
                    database.connectionString(as: .daemon).replacing(Role.daemon.rawValue, with: Self.daemon)),
                on: database.server.loop)

            let error = await #expect(throws: PostgresError.self) {
                try await daemon.query("SELECT FROM generated_images")
            }
            try await daemon.query("SET ROLE \(Self.role)")
            _ = try await daemon.query("SELECT FROM generated_images")

            #expect(error?.sqlstate == "42501")
            await daemon.close()
        }
    }

    @Test func `a superuser is no role for that, nor is one that is not there`() async throws {
        try await withRoles { database, _ in
            for role in ["postgres", "nobody_of_this_name"] {
                let command = try await migrate(database, "--daemon-role", Self.daemon, "--rls-role", role)
                #expect(command.status == 1, "\(command)")
                #expect(command.errors.contains(role))
            }
            #expect(try await migrate(database, "--rls-role", Self.role).status == 78)
        }
    }
}
