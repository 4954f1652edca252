import Postgres

/// PostgreSQL 14 or later. The feed needs no replication slot, so any `wal_level` will do.
struct ServerVersion: Check {
    let subject = "server version"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask("SELECT current_setting('server_version'), current_setting('wal_level')")
        return [
            Self.finding(
                number: deployment.session.serverVersion, name: rows.string(0, 0) ?? "?",
                walLevel: rows.string(0, 1) ?? "?")
        ]
    }

    /// `number` as libpq counts: 150004 is 15.4.
    static func finding(number: Int32, name: String, walLevel: String) -> Finding {
        guard number >= 140_000 else {
            return .problem("this is PostgreSQL \(name), and 14 is the oldest that will do", cure: "upgrade the server")
        }
        return .ok("PostgreSQL \(name); wal_level is \(walLevel), and any will do")
    }
}
