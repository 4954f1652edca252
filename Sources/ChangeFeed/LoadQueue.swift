import Logging
import Postgres
import ProjectSync

/// Sends the loads that the cache asks for, over the sessions that the feed lends: on each of them one at a time, so that
/// a load's deadline is its own, and one that takes long keeps no other from a session that has nothing to do.
actor LoadQueue {
    private static let projectsInOneLoad = 256
    /// As many as the feed lends sessions.
    private static let loadsAtOnce = 2
    /// After a load that the server refused, so that a lasting error does not become a storm of queries.
    private static let pauseAfterError = Duration.seconds(1)
    /// Until the feed has noticed that the connections are gone; it runs on the same thread.
    private static let pauseAfterLoss = Duration.milliseconds(20)
    /// The app keeps its table locked, for a migration perhaps: each project would wait as long.
    private static let lockTimeout = "55P03"
    /// The class of what is not there, or not for this role, whatever the project.
    private static let missing = "42"

    private nonisolated let loop: PollLoop
    private let cache: ProjectCache
    private let logger: Logger
    private var sessions: [Session] = []

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
            for number in 0..<Self.loadsAtOnce {
                group.addTask { await self.work(onSession: number) }
            }
        }
    }

    private func work(onSession number: Int) async {
        for await _ in cache.loadRequests() {
            while !Task.isCancelled, let batch = cache.takeLoads(atMost: Self.projectsInOneLoad) {
                if batch.projects.isEmpty { continue }
                do {
                    try await load(batch, onSession: number)
                } catch {
                    let isLoss = Self.isLoss(error)
                    if !isLoss {
                        logger.error(
                            "not all of \(batch.projects.count) projects can be loaded: \(error.withoutValues)")
                    }
                    // First: whoever is free would take at once what is asked for again.
                    try? await Task.sleep(for: isLoss ? Self.pauseAfterLoss : Self.pauseAfterError)
                    cache.fail(batch, reason: "\(error)")
                }
            }
        }
    }

    /// Whether the connections are gone, which the feed notices and mends.
    private static func isLoss(_ error: any Error) -> Bool {
        switch error {
        case FeedError.connectionLost, is CancellationError, PostgresError.connectionLost: true
        default: false
        }
    }

    /// Whether it may be one project's that others are loaded with.
    private static func mayBeOfOne(_ error: any Error) -> Bool {
        switch error {
        case PostgresError.server(let error): error.sqlstate != lockTimeout && !error.sqlstate.hasPrefix(missing)
        default: error is JSONError
        }
    }

    private func load(_ batch: LoadBatch, onSession number: Int) async throws {
        guard number < sessions.count else { throw FeedError.connectionLost("the connections are being renewed") }
        let loader = ProjectLoader(session: sessions[number])
        do {
            cache.complete(batch, try await loader.load(batch.projects))
        } catch let error where batch.projects.count > 1 && Self.mayBeOfOne(error) {
            try await loadSingly(batch, loader)
        }
    }

    /// One project that cannot be loaded must not keep the others from it. Throws the first error at the end.
    private func loadSingly(_ batch: LoadBatch, _ loader: ProjectLoader) async throws {
        var failure: (any Error)?
        for project in batch.projects {
            let single = batch.only(project)
            do {
                cache.complete(single, try await loader.load(single.projects))
            } catch let error where Self.mayBeOfOne(error) {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}
