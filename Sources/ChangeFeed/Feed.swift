import Logging
import Postgres
import ProjectSync

/// Keeps the cache equal to the database: listens, loads, and proves with canaries that it still hears.
///
/// Everything runs on one thread, the one that waits for the sockets: a change goes from libpq to the cache
/// without changing threads.
package actor Feed {
    /// How long the first attempt may take before streams and reads are told that the database is away.
    private static let startGrace = Duration.seconds(1)
    /// How long a reader waits for a load before it is told so.
    private static let readersPatience = Duration.seconds(5)

    private nonisolated let loop: PollLoop
    private let connectionString: String
    private let cache: ProjectCache
    private let logger: Logger
    private let loader: LoadQueue
    private var canary = Canary(daemon: UInt64.random(in: 1...UInt64(Int64.max)))
    private var backoff = Backoff()
    private var isLive = false

    package init(connectionString: String, cache: ProjectCache, loop: PollLoop, logger: Logger) {
        self.connectionString = connectionString
        self.cache = cache
        self.loop = loop
        self.logger = logger
        loader = LoadQueue(cache: cache, loop: loop, logger: logger)
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Follows the database until the task is cancelled.
    package func run() async {
        await withTaskGroup { group in
            group.addTask { await self.reportSlowStart() }
            group.addTask { await self.loader.run() }
            while !Task.isCancelled {
                do {
                    try await follow()
                } catch {
                    lose("\(error)")
                }
                try? await Task.sleep(for: backoff.delay())
            }
            group.cancelAll()
        }
    }

    /// Follows over one set of connections until something about them fails.
    private func follow() async throws {
        let sessions = try await FeedSessions.open(connectionString, on: loop)
        canary = Canary(daemon: canary.daemon)
        do {
            try await withThrowingTaskGroup { group in
                group.addTask { try await self.listen(sessions.listener) }
                group.addTask { try await self.sendCanaries(sessions) }
                group.addTask { try await self.loader.lend(sessions.loads) }
                try await group.next()
                group.cancelAll()
            }
        } catch {
            await sessions.close()
            throw error
        }
        await sessions.close()
    }

    private func listen(_ listener: Session) async throws {
        for await announcements in listener.notifications { hear(announcements) }
        throw FeedError.connectionLost(try await listener.waitUntilLost())
    }

    private func hear(_ announcements: [Announcement]) {
        var changes: [Change] = []
        changes.reserveCapacity(announcements.count)
        var provenAt: ContinuousClock.Instant?
        var rejected = 0
        for announcement in announcements {
            switch try? ChangeDecoder.decode(announcement.payload) {
            case .change(let change):
                changes.append(change)
            case .canary(let daemon, let number):
                provenAt = canary.heard(daemon: daemon, number: number) ?? provenAt
            case nil:
                rejected += 1
            }
        }
        if !changes.isEmpty || rejected > 0 { cache.apply(changes, rejected: rejected, now: .now) }
        if let provenAt { prove(at: provenAt) }
    }

    private func prove(at instant: ContinuousClock.Instant) {
        cache.prove(at: instant)
        guard !isLive else { return }
        isLive = true
        backoff.reset()
        logger.info("live: listening to the database")
        cache.feedIsLive()
    }

    private func sendCanaries(_ sessions: FeedSessions) async throws {
        while true {
            let payload = canary.send(now: .now)
            try await sessions.query.queryPrepared(
                "SELECT pg_notify($1, $2)", [sessions.channel, payload], deadline: Canary.patience)
            try await Task.sleep(for: Canary.interval)
            cache.refuseReaders(whoWaitSince: .now - Self.readersPatience)
            if let missing = canary.overdue(now: .now) { throw FeedError.canaryMissed(after: missing) }
        }
    }

    private func lose(_ reason: String) {
        guard !Task.isCancelled else { return }
        isLive = false
        logger.warning("stale: \(reason)")
        cache.feedIsLost(since: WallTime.now.rfc3339, reason: reason)
    }

    private func reportSlowStart() async {
        try? await Task.sleep(for: Self.startGrace)
        guard cache.overview.status == .connecting else { return }
        cache.feedIsLost(since: WallTime.now.rfc3339, reason: "still connecting to the database")
    }
}
