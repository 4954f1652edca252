import Logging
import Postgres
import ProjectSync

/// Sends the loads that the cache asks for, several batches at once over the sessions that the feed lends.
actor LoadQueue {
    private static let projectsInOneLoad = 256
    private static let loadsAtOnce = 4
    /// After a load that the server refused, so that a lasting error does not become a storm of queries.
    private static let pauseAfterError = Duration.seconds(1)
    /// Until the feed has noticed that the connections are gone; it runs on the same thread.
    private static let pauseAfterLoss = Duration.milliseconds(20)
    /// The app keeps its table locked, for a migration perhaps: each project would wait as long.
    private static let lockTimeout = "55P03"

    private nonisolated let loop: PollLoop
    private let cache: ProjectCache
    private let logger: Logger
    private var sessions: [Session] = []
    private var turn = 0

    init(cache: ProjectCache, loop: PollLoop, logger: Logger) {
        self.cache = cache
        self.loop = loop
        self.logger = logger
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Uses these sessions until one of them is lost, and throws why.
    func lend(_ sessions: [Session]) async throws {
        self.sessions = sessions
        defer { self.sessions = [] }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for session in sessions {
                group.addTask { throw FeedError.connectionLost(try await session.waitUntilLost()) }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Serves the cache until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<Self.loadsAtOnce {
                group.addTask { await self.work() }
            }
        }
    }

    private func work() async {
        for await _ in cache.loadRequests() {
            while let batch = cache.takeLoads(atMost: Self.projectsInOneLoad) {
                if batch.projects.isEmpty { continue }
                do {
                    try await load(batch)
                } catch {
                    let isLoss = Self.isLoss(error)
                    if !isLoss {
                        logger.error("a load of \(batch.projects.count) projects failed: \(error.withoutValues)")
                    }
                    cache.fail(batch, reason: "\(error)")
                    try? await Task.sleep(for: isLoss ? Self.pauseAfterLoss : Self.pauseAfterError)
                }
            }
        }
    }

    /// Whether the connections are gone, which the feed notices and mends.
    private static func isLoss(_ error: any Error) -> Bool {
        switch error {
        case is FeedError, is CancellationError, PostgresError.connectionLost: true
        default: false
        }
    }

    private func load(_ batch: LoadBatch) async throws {
        guard !sessions.isEmpty else { throw FeedError.connectionLost("the connections are being renewed") }
        turn += 1
        let loader = ProjectLoader(session: sessions[turn % sessions.count])
        do {
            cache.complete(batch, try await loader.load(batch.projects))
        } catch PostgresError.server(let error) where batch.projects.count > 1 && error.sqlstate != Self.lockTimeout {
            // One project that cannot be loaded must not keep the others from it.
            for project in batch.projects {
                let single = batch.only(project)
                do {
                    cache.complete(single, try await loader.load(single.projects))
                } catch PostgresError.server(let error) {
                    logger.error("a project cannot be loaded: \(error.withoutValues)")
                    cache.fail(single, reason: "\(error)")
                }
            }
        }
    }
}
