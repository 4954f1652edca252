import Migrations
import Postgres
import Triggers

/// What `migrate` makes of a database: the scripts for its schema, and what has to be true before and after them.
struct Installation {
    let schema: String
    let daemonRole: String?
    /// As which roles the daemon may act.
    let rlsRoles: [String]

    private let settings: ConnectionSettings
    private let loop: PollLoop

    init(_ connectionString: String, schema: String, daemonRole: String?, rlsRoles: [String] = []) throws {
        self.schema = schema
        self.daemonRole = daemonRole
        self.rlsRoles = rlsRoles
        settings = ConnectionSettings(connectionString)
        loop = try PollLoop.start(name: "migrate")
    }

    func status() async throws -> [ScriptStatus] {
        try await withSession { try await check($0) }
        return try await migrator.status()
    }

    /// Applies what is due and returns its names. Where nothing is, the tables are still examined and the role still
    /// gets its rights.
    func apply(wait: Duration, progress: @escaping @Sendable (String) -> Void) async throws -> [String] {
        var makesRole = false
        try await withSession { session in
            try await check(session)
            try await UnfitColumns.check(schema, session)
            if let daemonRole { makesRole = try await !isThere(daemonRole, session) }
        }
        let applied = try await migrator.apply(wait: wait, progress: progress)
        if applied.isEmpty { try await withSession { try await finish($0) } }
        if makesRole, let daemonRole {
            let name = Self.quoted(daemonRole)
            progress(
                "made the role \(name) without a password: where the server asks for one, set it "
                    + "(in psql: \\password \(name)), or let the role in by pg_hba.conf")
        }
        return applied
    }

    private func withSession(_ body: (Session) async throws -> Void) async throws {
        let session = try await Session.open(settings, on: loop)
        do {
            try await body(session)
        } catch {
            await session.close()
            throw error
        }
        await session.close()
    }

    private var migrator: Migrator {
        var migrator = Migrator(
            settings, on: loop, bookkeeping: "scene_sync.applied",
            once: Migrations.all.map { Self.placed($0, in: schema) },
            always: Triggers.all.map { Self.placed($0, in: schema) })
        migrator.after = { try await finish($0) }
        migrator.isMissing = { try await isMissing($0, $1) }
        return migrator
    }

    /// The scripts are written for the schema `public`.
    static func placed(_ script: Script, in schema: String) -> Script {
        guard schema != "public" else { return script }
        return Script(name: script.name, text: script.text.replacing("public.", with: quoted(schema) + "."))
    }

    /// Whether the function that the script makes is not there as it was made, or a trigger not on its table.
    private func isMissing(_ script: Script, _ session: Session) async throws -> Bool {
        if let function = FunctionDefinition(script), try await function.state(in: session) != .asMade { return true }
        for trigger in TriggerName.all(in: script.text) {
            let found = try await session.query(
                "SELECT EXISTS (SELECT FROM pg_trigger WHERE tgname = $1 AND tgrelid = to_regclass($2))",
                [trigger.name, trigger.table])
            if found.bool(0, 0) != true { return true }
        }
        return false
    }

    private func check(_ session: Session) async throws {
        if try await session.query("SELECT to_regclass('scene_sync.settings') IS NOT NULL").bool(0, 0) == true {
            let recorded = try await session.query("SELECT app_schema FROM scene_sync.settings").string(0, 0)
            if let recorded { try AppSchema.check(schema, recorded: recorded) }
        }
        let parent = Self.quoted(schema) + ".content_creation_requests"
        guard try await session.query("SELECT to_regclass($1) IS NOT NULL", [parent]).bool(0, 0) == true else {
            throw StartError(
                "the table \(parent) is missing: create the app's tables first, or name their schema with --schema")
        }
    }

    private func finish(_ session: Session) async throws {
        try await session.query("SELECT scene_sync.examine()")
        guard let daemonRole else { return }
        if try await !isThere(daemonRole, session) {
            try await session.query("CREATE ROLE \(Self.quoted(daemonRole)) LOGIN")
        }
        try await session.query("CALL scene_sync.grant_to_daemon($1::name)", [daemonRole])
        for role in rlsRoles {
            try await session.query("CALL scene_sync.grant_role($1::name, $2::name)", [role, daemonRole])
        }
    }

    private func isThere(_ role: String, _ session: Session) async throws -> Bool {
        try await session.query("SELECT FROM pg_roles WHERE rolname = $1", [role]).count > 0
    }

    static func quoted(_ identifier: String) -> String {
        "\"" + identifier.replacing("\"", with: "\"\"") + "\""
    }
}
