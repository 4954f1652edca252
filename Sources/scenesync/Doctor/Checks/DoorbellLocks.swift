import ChangeFeed
import Postgres

/// Who holds the two advisory locks that tell writers whether, and how, to announce changes.
struct DoorbellLocks: Check {
    let subject = "doorbell"
    /// How long a transaction may keep a daemon from becoming safe without a word about it.
    var patience_seconds: Int64 = 60

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask(
            """
            SELECT
                lock.objid,
                lock.mode = 'ExclusiveLock' AND lock.granted,
                lock.granted,
                COALESCE(lock.pid, 0),
                concat_ws(', user ', NULLIF(activity.application_name, ''), activity.usename),
                activity.state = 'idle',
                extract(epoch FROM clock_timestamp() - COALESCE(activity.xact_start, activity.state_change))::bigint
            FROM pg_locks AS lock
            LEFT JOIN pg_stat_activity AS activity ON activity.pid = lock.pid
            WHERE lock.locktype = 'advisory'
                AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND lock.classid = 1397971278
                AND lock.objsubid = 2
            ORDER BY 2 DESC, 4
            """)
        var findings: [Finding] = []
        var daemon: String?
        var queued = 0
        for row in 0..<rows.count {
            let pid = rows.int64(row, 3) ?? 0
            let who = "pid \(pid) (\(rows.string(row, 4) ?? ""))"
            if rows.bool(row, 1) == true {
                if rows.int64(row, 0) == 1 { daemon = who }
            } else if rows.bool(row, 2) != true {
                queued += 1
            } else if let finding = held(
                presence: rows.int64(row, 0) == 1, pid: pid, who: who, isIdle: rows.bool(row, 5),
                age: rows.int64(row, 6))
            {
                findings.append(finding)
            }
        }
        guard findings.isEmpty else { return findings }
        guard let daemon else { return [.ok("no daemon listens, so writers announce nothing")] }
        return [.ok("a daemon listens, \(daemon)" + (queued > 0 ? "; \(queued) more wait to take over" : ""))]
    }

    /// A writer's transaction holds its lock to its end. A session that holds one outside of a transaction will do so
    /// for as long as it lives.
    private func held(presence: Bool, pid: Int64, who: String, isIdle: Bool?, age: Int64?) -> Finding? {
        let effect =
            presence
            ? "keeps every daemon from becoming safe: reads are loads that are not kept, streams are told that they lag"
            : "keeps the feed busy"
        if pid == 0 {
            let text = "a prepared transaction holds its lock and \(effect)"
            let cure = "COMMIT PREPARED or ROLLBACK PREPARED it (see pg_prepared_xacts)"
            return presence ? .problem(text, cure: cure) : .warning(text, cure: cure)
        }
        guard isIdle == true || age.map({ $0 >= patience_seconds }) ?? true else { return nil }
        let since = age.map { " for \(Duration.seconds($0).brief)" } ?? ""
        let text = "\(who) holds its lock\(since) and \(effect)"
        let cure = "end its transaction, or the session: SELECT pg_terminate_backend(\(pid))"
        return presence ? .problem(text, cure: cure) : .warning(text, cure: cure)
    }
}
