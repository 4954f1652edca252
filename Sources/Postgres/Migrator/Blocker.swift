/// The session whose lock a migration waits for.
package struct Blocker: Sendable, Equatable, CustomStringConvertible {
    /// 0 is a prepared transaction, which no session holds.
    package let pid: Int32
    package let application: String
    package let user: String
    /// Unknown where we may not look into other users' sessions.
    package let transactionAge: Duration?

    package var description: String {
        if pid == 0 { return "a prepared transaction (see pg_prepared_xacts)" }
        let owner = [application, user].filter { !$0.isEmpty }.joined(separator: ", user ")
        let age = transactionAge.map { ", in a transaction for \($0.components.seconds) s" } ?? ""
        return "pid \(pid)" + (owner.isEmpty ? "" : " (\(owner))") + age
    }

    /// Who keeps the backend `pid` waiting, the oldest transaction first; nil if nobody does.
    static func find(of pid: Int32, by session: Session) async throws -> Blocker? {
        let rows = try await session.query(
            """
            SELECT
                blocker.pid,
                COALESCE(activity.application_name, ''),
                COALESCE(activity.usename::text, ''),
                extract(epoch FROM clock_timestamp() - activity.xact_start)::bigint
            FROM unnest(pg_blocking_pids($1::integer)) AS blocker (pid)
            LEFT JOIN pg_stat_activity AS activity ON activity.pid = blocker.pid
            ORDER BY activity.xact_start NULLS LAST
            LIMIT 1
            """, ["\(pid)"])
        guard rows.count == 1, let blocker = rows.int64(0, 0) else { return nil }
        return Blocker(
            pid: Int32(truncatingIfNeeded: blocker),
            application: rows.string(0, 1) ?? "",
            user: rows.string(0, 2) ?? "",
            transactionAge: rows.int64(0, 3).map { .seconds($0) }
        )
    }
}
