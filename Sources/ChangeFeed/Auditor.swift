import Logging
import Postgres
import ProjectSync

/// Compares cached projects with the database, a few at a time, and tells what was otherwise.
actor Auditor {
    /// Into how many looks at the schedule the interval is divided, and how often that is at most and at least.
    private static let looksInAnInterval = 60
    private static let pauses = Duration.milliseconds(5)...Duration.milliseconds(500)
    /// After a load that the server refused, so that a lasting error does not become a storm of queries.
    private static let pauseAfterError = Duration.seconds(1)
    private static let pauseAfterRefusal = Duration.seconds(10)
    /// The app keeps its table locked, for a migration perhaps.
    private static let lockTimeout = "55P03"
    /// The class of what is not there, or not for this role.
    private static let missingRight = "42"

    private nonisolated let loop: PollLoop
    private let session: Session
    private let pause: Duration
    private let cache: ProjectCache
    private let logger: Logger

    init(session: Session, interval: Duration, cache: ProjectCache, loop: PollLoop, logger: Logger) {
        self.session = session
        pause = min(max(interval / Self.looksInAnInterval, Self.pauses.lowerBound), Self.pauses.upperBound)
        self.cache = cache
        self.loop = loop
        self.logger = logger
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Returns by an error only: when the session is lost, or the task cancelled.
    func run() async throws {
        while true {
            try await Task.sleep(for: pause)
            while let batch = cache.takeAudits(now: .now) {
                // Whatever has had no answer lines up again.
                defer { cache.fail(batch, now: .now) }
                try await compare(batch)
            }
            for divergence in cache.takeDivergences() { report(divergence) }
        }
    }

    private func compare(_ batch: AuditBatch) async throws {
        if batch.questions.isEmpty { return }
        do {
            cache.complete(batch, try await ProjectLoader(session: session).compare(batch.questions), now: .now)
        } catch PostgresError.server(let error) where error.sqlstate == Self.lockTimeout {
            try await Task.sleep(for: Self.pauseAfterError)
        } catch PostgresError.server(let error) where error.sqlstate.hasPrefix(Self.missingRight) {
            logger.error(
                "projects cannot be compared with the database: \(error.withoutValues); run `scenesync migrate`")
            try await Task.sleep(for: Self.pauseAfterRefusal)
        } catch let error where Self.mayBeOfOne(error) && batch.questions.count > 1 {
            // One project that cannot be loaded must not keep the others from it.
            for question in batch.questions { try await compare(batch.only(question)) }
        } catch let error where Self.mayBeOfOne(error) {
            logger.error("a project cannot be compared with the database: \(error.withoutValues)")
            try await Task.sleep(for: Self.pauseAfterError)
        }
    }

    private static func mayBeOfOne(_ error: any Error) -> Bool {
        if case PostgresError.server = error { true } else { error is JSONError }
    }

    private func report(_ divergence: Divergence) {
        logger.warning(
            "the database had changed unannounced, which is repaired: \(divergence.description)",
            metadata: ["project": "\(divergence.project)"])
    }
}
