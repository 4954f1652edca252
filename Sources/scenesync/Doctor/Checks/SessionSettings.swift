import ChangeFeed
import Postgres

/// Settings that end or blind the daemon's sessions. It asks for its own, which win over the role's and the database's:
/// what is found is in the connection string, or behind a pooler that lets no settings through.
struct SessionSettings: Check {
    /// What each setting does to a daemon if it is not as the daemon asks.
    private static let harms = [
        ("statement_timeout", "it ends loads that take longer"),
        ("lock_timeout", "several daemons do not wait for each other"),
        (
            "default_transaction_isolation",
            "what the daemon reads makes writers fail, or is of before a lock that it has waited for"
        ),
        (
            "idle_session_timeout",
            "each session that it ends has the daemon start anew, and what is cached is stale until then"
        ),
    ]

    let subject = "settings"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let session = try await deployment.open(Feed.sessionSettings)
        let rows = try await session.query(
            """
            SELECT
                inet_client_addr() IS NULL OR current_setting('tcp_keepalives_idle')::integer BETWEEN 1 AND 60,
                current_setting('tcp_keepalives_idle'),
                \(Self.harms.map { "current_setting('\($0.0)')" }.joined(separator: ", "))
            """)
        await session.close()
        var findings: [Finding] = []
        for (column, (name, harm)) in Self.harms.enumerated() {
            guard let value = rows.string(0, 2 + column), let asked = Feed.sessionSettings[name], value != asked
            else { continue }
            findings.append(
                .warning(
                    "\(name) is \(value) in the daemon's sessions: \(harm)",
                    cure: "leave it out of the connection string's options; where a pooler ignores those: "
                        + "ALTER ROLE \(deployment.role) SET \(name) = '\(asked)'"))
        }
        if rows.bool(0, 0) != true {
            findings.append(
                .warning(
                    "the server looks after \(rows.string(0, 1) ?? "?") s of silence whether a session is still there: "
                        + "one that is gone keeps its locks until then",
                    cure: "leave tcp_keepalives_idle out of the connection string's options: the daemon asks for 5 s"))
        }
        return findings.isEmpty ? [.ok("none ends the daemon's sessions")] : findings
    }
}
