import Postgres

/// Notices that a session which loads or compares is there and silent.
///
/// It may be at work for long. Whether it is, the server says over another session; one that has nothing to do is asked
/// something.
struct WorkerWatch: Sendable {
    private static let interval = Duration.milliseconds(500)
    private static let pingInterval = Duration.seconds(1)
    /// How long it may be silent before that counts: with the intervals less than three seconds in all.
    private static let patience = Duration.milliseconds(1_500)
    /// Where this role may not see it, it is taken to be at work.
    private static let isAtWork = """
        SELECT EXISTS (
            SELECT FROM pg_catalog.pg_stat_activity
            WHERE pid = $1::integer AND (state IS NULL OR state NOT LIKE 'idle%')
        )
        """

    let worker: Worker
    /// The session that is asked.
    let query: Session

    /// Returns by an error only, or when the task is cancelled.
    func run() async throws {
        var pingedAt = ContinuousClock.now
        var suspectedSince: ContinuousClock.Instant?
        while true {
            try await Task.sleep(for: Self.interval)
            if let since = await worker.session.silentSince {
                guard .now - since >= Self.patience, try await !isAtWork() else { continue }
                // What it has said may be on its way still.
                if suspectedSince == since { throw FeedError.connectionLost("a session that \(worker.does) is silent") }
                suspectedSince = since
            } else if .now - pingedAt >= Self.pingInterval {
                pingedAt = .now
                try await worker.session.pingIfIdle(worker.ping, deadline: Self.patience)
            }
        }
    }

    private func isAtWork() async throws -> Bool {
        try await query.queryPrepared(Self.isAtWork, [String(worker.pid)], deadline: Pursuit.patience).bool(0, 0)
            == true
    }
}

/// A session whose statements may take long.
struct Worker: Sendable {
    let session: Session
    /// By which the server knows it.
    let pid: Int32
    /// What it is for, as people are told.
    let does: String
    /// A statement that shows in the server's list of sessions what it is for.
    let ping: String
}
