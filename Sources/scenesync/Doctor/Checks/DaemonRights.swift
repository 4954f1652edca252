import Postgres
import Triggers

/// The daemon's role can do what a daemon does, and no more.
struct DaemonRights: Check {
    let subject = "daemon's role"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        guard !deployment.daemonRoles.isEmpty else {
            return [
                .warning(
                    "there is none: only \(deployment.owner), who owns the tables, and superusers can run a daemon",
                    cure: "run scenesync migrate --daemon-role scenesync, and serve as that role")
            ]
        }
        var findings: [Finding] = []
        for role in deployment.daemonRoles { findings += try await look(at: role, deployment) }
        return findings
    }

    private func look(at role: String, _ deployment: Deployment) async throws -> [Finding] {
        let known = try await deployment.ask(
            """
            SELECT
                role.rolcanlogin,
                role.rolsuper,
                has_database_privilege(role.oid, current_database(), 'CONNECT')
            FROM pg_roles AS role
            WHERE role.rolname = $1
            """, [role])
        let grant = "run scenesync migrate --daemon-role \(role), as the owner"
        guard known.count > 0 else { return [.problem("there is no role \(role)", cure: grant)] }
        var findings: [Finding] = []
        if known.bool(0, 0) != true {
            findings.append(.problem("\(role) may not log in", cure: "ALTER ROLE \(role) LOGIN"))
        }
        if known.bool(0, 2) != true {
            findings.append(
                .problem(
                    "\(role) may not connect to this database", cure: "GRANT CONNECT ON DATABASE … TO \(role)"))
        }
        if let lacking = try await lacking(role, deployment) {
            findings.append(.problem("\(role) lacks \(lacking)", cure: grant))
        }
        if known.bool(0, 1) == true {
            findings.append(
                .warning(
                    "\(role) is a superuser, and a daemon needs no right on any table",
                    cure: "run scenesync migrate --daemon-role with a role of the daemon's own"))
        } else if let tables = try await excess(role, deployment) {
            findings.append(
                .warning(
                    "\(role) has rights on \(tables), and a daemon needs none",
                    cure: "REVOKE ALL ON \(tables) FROM \(role), or serve as another role"))
        }
        return findings.isEmpty ? [.ok("\(role) has what a daemon needs, and no right on the app's tables")] : findings
    }

    private func lacking(_ role: String, _ deployment: Deployment) async throws -> String? {
        let usage = try await deployment.ask(
            """
            SELECT has_schema_privilege($1::name, namespace.oid, 'USAGE')
            FROM pg_namespace AS namespace
            WHERE namespace.nspname = 'scene_sync'
            """, [role])
        // Without it no name in the schema can be looked up either.
        guard usage.bool(0, 0) == true else { return "USAGE on the schema scene_sync" }
        let rows = try await deployment.ask(
            """
            SELECT string_agg(needed.name, ', ')
            FROM unnest($2::text[]) AS needed (name)
            WHERE NOT COALESCE(has_function_privilege($1::name, to_regprocedure(needed.name), 'EXECUTE'), false)
            """, [role, Self.functions.sqlArray])
        return rows.string(0, 0).map { "EXECUTE on \($0)" }
    }

    private func excess(_ role: String, _ deployment: Deployment) async throws -> String? {
        try await deployment.ask(
            """
            SELECT string_agg(namespace.nspname || '.' || relation.relname, ', ' ORDER BY relation.relname)
            FROM pg_class AS relation
            JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
            WHERE namespace.nspname = $2
                AND relation.relname IN ('content_creation_requests', 'generated_images')
                AND has_table_privilege($1::name, relation.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
            """, [role, deployment.schema]
        ).string(0, 0)
    }

    /// What the procedure `grant_to_daemon` grants, and what PUBLIC can usually call.
    static var functions: [String] {
        let granted = Triggers.all.filter { $0.name.hasSuffix("grant_to_daemon") }
            .flatMap { $0.text.split(separator: "\n") }
            .compactMap { line -> String? in
                guard let start = line.ranges(of: "GRANT EXECUTE ON FUNCTION ").first,
                    let end = line.ranges(of: " TO %I").first
                else { return nil }
                return String(line.prefix(upTo: end.lowerBound).suffix(from: start.upperBound))
            }
        return granted + ["pg_catalog.pg_notify(text,text)", "pg_catalog.pg_advisory_lock(integer,integer)"]
    }
}
