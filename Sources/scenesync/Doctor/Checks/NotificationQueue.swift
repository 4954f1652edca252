import Postgres

/// The cluster's one queue of notifications, which a listener that does not read keeps from being emptied: when it is
/// full, every NOTIFY fails, and with it the writer's transaction.
struct NotificationQueue: Check {
    /// While everybody reads, no more than a few of its pages are used.
    private static let unusual = 0.001
    private static let alarming = 0.5

    let subject = "notification queue"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        // Which sessions listen is told to themselves alone. In an open transaction a listener reads nothing.
        let rows = try await deployment.ask(
            """
            SELECT
                pg_notification_queue_usage()::text,
                (
                    SELECT string_agg(
                        format(
                            'pid %s (%s, user %s, database %s, in a transaction for %s s)',
                            suspect.pid, suspect.application_name, suspect.usename, suspect.datname, suspect.age
                        ),
                        ', ' ORDER BY suspect.listened DESC, suspect.age DESC
                    )
                    FROM (
                        SELECT
                            activity.*,
                            activity.query ILIKE 'listen%' AS listened,
                            extract(epoch FROM clock_timestamp() - activity.xact_start)::bigint AS age
                        FROM pg_stat_activity AS activity
                        WHERE activity.xact_start IS NOT NULL
                            AND activity.backend_type = 'client backend'
                            AND activity.pid <> pg_backend_pid()
                        ORDER BY listened DESC, activity.xact_start
                        LIMIT 3
                    ) AS suspect
                )
            """)
        let usage = rows.string(0, 0).flatMap(Double.init) ?? 0
        return [Self.finding(usage: usage, suspects: rows.string(0, 1))]
    }

    static func finding(usage: Double, suspects: String?) -> Finding {
        let share = "\((usage * 1_000).rounded() / 10) % full"
        guard usage >= unusual else { return .ok(share) }
        let text =
            "\(share): a session that listens does not read. "
            + (suspects.map { "It is one in an open transaction, likely \($0)" }
                ?? "Which one is not to be seen as this role, or it reads too slowly")
        let cure = "end that session: SELECT pg_terminate_backend(PID); and let no listener stay in a transaction"
        return usage >= alarming ? .problem(text, cure: cure) : .warning(text, cure: cure)
    }
}
