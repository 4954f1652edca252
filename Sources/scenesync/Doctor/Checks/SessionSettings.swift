import Postgres

/// Settings of the role, the database or the connection string that end or blind the daemon's sessions.
struct SessionSettings: Check {
    let subject = "settings"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        // As the daemon opens its sessions.
        let session = try await deployment.open(["statement_timeout": "0"])
        let rows = try await session.query(
            """
            SELECT
                current_setting('statement_timeout'),
                current_setting('idle_session_timeout'),
                inet_client_addr() IS NULL OR current_setting('tcp_keepalives_idle')::integer BETWEEN 1 AND 60,
                current_setting('tcp_keepalives_idle')
            """)
        await session.close()
        var findings: [Finding] = []
        if let timeout = rows.string(0, 0), timeout != "0" {
            findings.append(
                .warning(
                    "the connection string sets statement_timeout to \(timeout): it ends loads that take longer",
                    cure: "leave statement_timeout out of its options"))
        }
        if let timeout = rows.string(0, 1), timeout != "0" {
            findings.append(Self.idle(timeout, of: deployment.role))
        }
        for setting in try await idleTimeouts(deployment) {
            findings.append(Self.idle(setting.value, of: setting.role))
        }
        if rows.bool(0, 2) != true {
            findings.append(
                .warning(
                    "the server looks after \(rows.string(0, 3) ?? "?") s of silence whether a session is still there: "
                        + "one that is gone keeps its locks until then",
                    cure: "leave tcp_keepalives_idle out of the connection string's options: the daemon asks for 5 s"))
        }
        return findings.isEmpty ? [.ok("none ends the daemon's sessions")] : findings
    }

    private static func idle(_ timeout: String, of role: String) -> Finding {
        .warning(
            "idle_session_timeout is \(timeout) for \(role): each session that it ends has the daemon start anew, "
                + "and what is cached is stale until then",
            cure: "ALTER ROLE \(role) SET idle_session_timeout = 0")
    }

    /// The roles of daemons for which it is set, if the doctor is not one of them.
    private func idleTimeouts(_ deployment: Deployment) async throws -> [(role: String, value: String)] {
        let rows = try await deployment.ask(
            """
            SELECT DISTINCT ON (role.oid)
                role.rolname,
                split_part(setting.text, '=', 2)
            FROM pg_db_role_setting AS kept
            JOIN pg_roles AS role ON role.oid = kept.setrole
            CROSS JOIN unnest(kept.setconfig) AS setting (text)
            WHERE role.rolname = ANY ($1::text[])
                AND role.rolname <> current_user
                AND kept.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
                AND setting.text LIKE 'idle\\_session\\_timeout=%'
            ORDER BY role.oid, kept.setdatabase DESC
            """, [deployment.daemonRoles.sqlArray])
        return (0..<rows.count).compactMap { row in
            guard let role = rows.string(row, 0), let value = rows.string(row, 1), value != "0" else { return nil }
            return (role, value)
        }
    }
}
