import Logging
import Postgres
import ProjectSync

/// Asks the database what callers may read, over a few sessions of its own.
package actor DatabaseGuard: ProjectGuard {
    /// A query takes a millisecond; who asks for more at once waits.
    private static let sessionsAtOnce = 4
    /// How long a question waits for its turn.
    private static let patience = Duration.seconds(5)
    /// How long the database waits for a lock, and how long a policy may take.
    private static let serverSettings = Feed.sessionSettings.merging(
        ["lock_timeout": "2s", "statement_timeout": "4s"]
    ) { _, own in own }
    /// When a session that does not answer is given up.
    private static let deadline = Duration.seconds(6)

    private nonisolated let loop: PollLoop
    private let settings: ConnectionSettings
    private let logger: Logger
    private var idle: [Session] = []
    private var used = 0
    /// Each is given a session, or none and opens its own.
    private var waiting: [Promise<Session?>] = []

    package init(connectionString: String, loop: PollLoop, logger: Logger) {
        settings = ConnectionSettings(connectionString, options: Self.serverSettings)
        self.loop = loop
        self.logger = logger
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    package func mayRead(_ caller: Caller, _ project: ProjectID) async -> RightToRead {
        do {
            let session = try await takeSession()
            defer { giveBack(session) }
            let rows = try await session.queryPrepared(
                "SELECT scene_sync.may_read($1, $2, $3::uuid)", [caller.role, caller.claims, project.description],
                deadline: Self.deadline)
            switch rows.string(0, 0) {
            case "readable": return .readable
            case "role": return .noSuchRole
            default: return .hidden
            }
        } catch {
            return note(error)
        }
    }

    private func takeSession() async throws -> Session {
        while let session = idle.popLast() {
            if session.isLost {
                used -= 1
            } else {
                return session
            }
        }
        if used < Self.sessionsAtOnce {
            used += 1
        } else if let session = try await turn() {
            return session
        }
        do {
            return try await Session.open(settings, on: loop)
        } catch {
            pass(nil)
            throw error
        }
    }

    private func turn() async throws -> Session? {
        let promise = Promise<Session?>()
        waiting.append(promise)
        let timer = loop.schedule(after: Self.patience) { promise.settle(.failure(GuardError.tooManyAsk)) }
        defer { loop.cancel(timer) }
        return try await promise.value()
    }

    private func giveBack(_ session: Session) {
        pass(session.isLost ? nil : session)
    }

    /// Hands on a session, or the right to open one, to the first who still waits.
    private func pass(_ session: Session?) {
        while !waiting.isEmpty {
            if waiting.removeFirst().settle(.success(session)) { return }
        }
        if let session {
            idle.append(session)
        } else {
            used -= 1
        }
    }

    /// What an error means to who asked. A policy that fails lets nobody see anything. Its message may quote a token's
    /// claims, so it is for nobody.
    private func note(_ error: any Error) -> RightToRead {
        switch error {
        case GuardError.tooManyAsk:
            return .unavailable(reason: "Too many ask the database what they may read.")
        case PostgresError.server(let error) where ["3F000", "42883", "42501"].contains(error.sqlstate):
            logger.error(
                "the database does not tell who may read: run migrate", metadata: ["error": "\(error.withoutValues)"])
            return .unavailable(reason: "The database is not set up for it.")
        case PostgresError.server(let error)
        where ["08", "25", "40", "53", "55", "57"].contains(error.sqlstate.prefix(2)):
            return .unavailable(reason: "The database cannot tell now: \(error.message).")
        case PostgresError.server(let error):
            logger.warning("a policy of the app's has failed", metadata: ["sqlstate": "\(error.sqlstate)"])
            return .hidden
        case PostgresError.unreachable, PostgresError.connectionLost, PostgresError.timedOut:
            return .unavailable(reason: "The database has not answered.")
        default:
            logger.warning("the database was not asked: \(error)")
            return .unavailable(reason: "The database was not asked.")
        }
    }
}

private enum GuardError: Error {
    case tooManyAsk
}
