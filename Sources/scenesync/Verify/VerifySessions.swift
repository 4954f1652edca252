import Postgres
import Synchronization

/// The sessions of one `verify`, so that none of their statements is under way any more when it removes what it made.
final class VerifySessions: Sendable {
    private let settings: ConnectionSettings
    private let loop: PollLoop
    private let pids = Mutex<Set<Int32>>([])

    init(_ settings: ConnectionSettings) throws {
        self.settings = settings
        loop = try PollLoop.start(name: "verify")
    }

    func open() async throws -> Session {
        let session = try await Session.open(settings, on: loop)
        pids.withLock { _ = $0.insert(session.backendPID) }
        return session
    }

    /// Opens another one, and ends all others: a statement that waits for a lock does not notice that nobody waits
    /// for it.
    func openLast() async throws -> Session {
        let others = pids.withLock { $0 }
        let session = try await open()
        let list = "{" + others.map { "\($0)" }.joined(separator: ",") + "}"
        try await session.query(
            """
            SELECT pg_terminate_backend(activity.pid, 5000)
            FROM pg_stat_activity AS activity
            WHERE activity.pid = ANY ($1::integer[]) AND activity.usename = current_user
            """, [list])
        return session
    }
}
