import ChangeFeed
import Postgres

/// What is examined: a database as a daemon would reach it, asked over a session of the doctor's own.
struct Deployment: Sendable {
    /// What the doctor's sessions ask for, so that names mean the same for every role and no look takes for ever.
    private static let options = ["search_path": "pg_catalog", "statement_timeout": "15s", "lock_timeout": "3s"]

    let connectionString: String
    /// The schema of the app's tables.
    let schema: String
    /// How `serve` is told to take changes.
    let doorbell: DoorbellPolicy.Way
    let session: Session
    /// As whom the doctor looks.
    let role: String
    /// Whether there is something of ours to look at.
    let isInstalled: Bool
    /// Whose rights our functions have.
    let owner: String
    /// The role that was named, else all that were given what a daemon needs.
    let daemonRoles: [String]

    private let loop: PollLoop

    static func open(
        _ connectionString: String, schema: String, daemonRole: String?, doorbell: DoorbellPolicy.Way
    ) async throws -> Deployment {
        let loop = try PollLoop.start(name: "doctor")
        let session = try await Session.open(settings(connectionString, options), on: loop)
        let facts = try await session.query(
            """
            SELECT
                current_user,
                routine.oid IS NOT NULL,
                COALESCE(pg_get_userbyid(routine.proowner), current_user)
            FROM (VALUES (1)) AS one (row)
            LEFT JOIN pg_namespace AS namespace ON namespace.nspname = 'scene_sync'
            LEFT JOIN pg_proc AS routine ON routine.pronamespace = namespace.oid AND routine.proname = 'load'
            LIMIT 1
            """)
        let daemons = try await session.query(
            """
            SELECT role.rolname
            FROM pg_proc AS routine
            JOIN pg_namespace AS namespace ON namespace.oid = routine.pronamespace
            CROSS JOIN aclexplode(routine.proacl) AS acl
            JOIN pg_roles AS role ON role.oid = acl.grantee
            WHERE namespace.nspname = 'scene_sync'
                AND routine.proname = 'load'
                AND acl.privilege_type = 'EXECUTE'
                AND acl.grantee <> routine.proowner
            ORDER BY 1
            """)
        return Deployment(
            connectionString: connectionString, schema: schema, doorbell: doorbell, session: session,
            role: facts.string(0, 0) ?? "", isInstalled: facts.bool(0, 1) == true, owner: facts.string(0, 2) ?? "",
            daemonRoles: daemonRole.map { [$0] } ?? daemons.strings(0), loop: loop)
    }

    /// Another session, with the settings that are asked for beside those of the connection string.
    func open(_ options: [String: String] = Deployment.options) async throws -> Session {
        try await Session.open(Self.settings(connectionString, options), on: loop)
    }

    @discardableResult
    func ask(_ sql: String, _ parameters: [String?] = []) async throws -> Rows {
        try await session.query(sql, parameters)
    }

    /// The doctor looks at a standby, too.
    private static func settings(_ connectionString: String, _ options: [String: String]) -> ConnectionSettings {
        var settings = ConnectionSettings(connectionString, applicationName: "scenesync doctor", options: options)
        settings.wantsPrimary = false
        return settings
    }
}
