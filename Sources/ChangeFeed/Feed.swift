import Logging
import Postgres
import ProjectSync

/// Keeps the cache equal to the database: listens, reads the table of changes, loads, and proves that it still hears.
///
/// Everything runs on one thread, the one that waits for the sockets: a change goes from libpq to the cache
/// without changing threads.
package actor Feed {
    /// How long the first attempt may take before streams and reads are told that the database is away.
    private static let startGrace = Duration.seconds(1)

    /// Of every connection, before what one of them needs: what the app has set for the role or the database is for the
    /// app's own sessions. At SERIALIZABLE what is read here would make writers fail, and at REPEATABLE READ a load that
    /// waits for a lock would be of before it.
    package static let sessionSettings = [
        "statement_timeout": "0", "lock_timeout": "0", "idle_session_timeout": "0",
        "default_transaction_isolation": "read committed",
    ]

    private nonisolated let loop: PollLoop
    private let connectionString: String
    private let policy: DoorbellPolicy
    private let auditInterval: Duration
    private let cache: ProjectCache
    private let logger: Logger
    private let onTurn: @Sendable () -> Void
    private let loader: LoadQueue
    private let daemon = UInt64.random(in: 1...UInt64(Int64.max))
    private var backoff = Backoff()
    /// Why it is stale, as it was last logged.
    private var told: String?

    /// `onTurn` is called for each attempt to reach the database, and for each reading while it is followed: every
    /// half second at least, or as long as an attempt takes. It tells that the feed lives, whether it is live or not.
    package init(
        connectionString: String, policy: DoorbellPolicy, auditInterval: Duration, cache: ProjectCache,
        loop: PollLoop, logger: Logger, onTurn: @escaping @Sendable () -> Void = {}
    ) {
        self.connectionString = connectionString
        self.policy = policy
        self.auditInterval = auditInterval
        self.cache = cache
        self.loop = loop
        self.logger = logger
        self.onTurn = onTurn
        loader = LoadQueue(cache: cache, loop: loop, logger: logger)
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Follows the database until the task is cancelled.
    package nonisolated func run() async {
        // What belongs to no actor runs on the loop's thread, too: a thread of the pool would have to be woken for each
        // change, to hand it back.
        await withTaskExecutorPreference(loop) { await self.followForEver() }
    }

    private func followForEver() async {
        await withTaskGroup { group in
            group.addTask { await self.reportSlowStart() }
            group.addTask { await self.loader.run() }
            while !Task.isCancelled {
                onTurn()
                do {
                    try await follow()
                } catch {
                    lose(error.withoutValues)
                }
                try? await Task.sleep(for: backoff.delay())
            }
            group.cancelAll()
        }
    }

    /// Follows over one set of connections until something about them fails.
    private func follow() async throws {
        let sessions = try await FeedSessions.open(connectionString, on: loop)
        var doorbell = Doorbell(policy: policy)
        doorbell.note(queueUsage: sessions.queueUsage, now: .now)
        let pursuit = Pursuit(
            sessions, doorbell: doorbell, daemon: daemon, cache: cache, loop: loop, logger: logger,
            onTurn: onTurn)
        let auditor = Auditor(
            session: sessions.audits.session, interval: auditInterval, cache: cache, loop: loop, logger: logger)
        do {
            try await withThrowingTaskGroup { group in
                group.addTask { try await pursuit.run() }
                group.addTask { try await auditor.run() }
                group.addTask { try await self.loader.lend(sessions.loads.map(\.session)) }
                try await group.next()
                group.cancelAll()
            }
        } catch {
            if await pursuit.isLive {
                backoff.reset()
                told = nil
            }
            await sessions.close()
            throw error
        }
        await sessions.close()
    }

    private func lose(_ reason: String) {
        guard !Task.isCancelled else { return }
        // An outage is one line, not one for each attempt to end it.
        logger.log(level: reason == told ? .debug : .warning, "stale: \(reason)")
        told = reason
        cache.feedIsLost(since: WallTime.now.rfc3339, reason: reason)
    }

    private func reportSlowStart() async {
        try? await Task.sleep(for: Self.startGrace)
        guard cache.overview.status == .connecting else { return }
        cache.feedIsLost(since: WallTime.now.rfc3339, reason: "still connecting to the database")
    }
}
