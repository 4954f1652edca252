import Postgres

/// Room for the daemon's sessions beside everybody else's.
struct SessionRoom: Check {
    /// Six of the feed; as writes come, eight for them and one for questions; four for what row security lets tokens see.
    private static let feed = 6
    private static let all = 19

    let subject = "sessions"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask(
            """
            SELECT
                current_setting('max_connections')::integer
                    - current_setting('superuser_reserved_connections')::integer
                    - COALESCE(current_setting('reserved_connections', true)::integer, 0),
                (SELECT sum(numbackends)::integer FROM pg_stat_database)
                    - (SELECT count(*)::integer FROM pg_stat_activity WHERE usename = ANY ($1::text[])),
                (SELECT datconnlimit FROM pg_database WHERE datname = current_database()),
                (SELECT min(rolconnlimit) FROM pg_roles WHERE rolname = ANY ($1::text[]) AND rolconnlimit >= 0)
            """, [deployment.daemonRoles.sqlArray])
        let limit = Int(rows.int64(0, 0) ?? 0)
        let used = Int(rows.int64(0, 1) ?? 0)
        let ofDatabase = rows.int64(0, 2).flatMap { $0 >= 0 ? Int($0) : nil }
        let ofRole = rows.int64(0, 3).map { Int($0) }
        var findings: [Finding] = []
        if let ofRole, ofRole < Self.all {
            findings.append(
                Self.tooFew(
                    ofRole, "the daemon's role may have \(ofRole)", cure: "ALTER ROLE … CONNECTION LIMIT \(Self.all)"))
        }
        if let ofDatabase, ofDatabase - used < Self.all {
            findings.append(
                Self.tooFew(
                    ofDatabase - used, "the database's CONNECTION LIMIT leaves \(max(0, ofDatabase - used))",
                    cure: "ALTER DATABASE … CONNECTION LIMIT \(used + Self.all), or more"))
        }
        if limit - used < Self.all {
            findings.append(
                Self.tooFew(
                    limit - used, "max_connections leaves \(max(0, limit - used))",
                    cure: "raise max_connections, or give the app's writers a pooler"))
        }
        return findings.isEmpty ? [.ok("\(limit - used) are free, and a daemon takes at most \(Self.all)")] : findings
    }

    private static func tooFew(_ count: Int, _ what: String, cure: String) -> Finding {
        let text = "\(what), and a daemon takes \(feed), and up to \(all) as it saves images and asks for rights"
        return count < feed ? .problem(text, cure: cure) : .warning(text, cure: cure)
    }
}
