import Logging
import Postgres
import ProjectSync

/// Makes writes by the functions in the database, over a few sessions of its own.
package actor DatabaseWriter: ProjectWriter {
    /// How many projects are written at once.
    private static let sessionsAtOnce = 8
    /// How long a write waits for the others of its project.
    private static let patience = Duration.seconds(10)
    /// How long the database waits for a lock, and how long it works, before it gives a statement up.
    private static let serverSettings = Feed.sessionSettings.merging(
        [
            "lock_timeout": "5s", "statement_timeout": "20s", "default_transaction_read_only": "off",
            "idle_in_transaction_session_timeout": "0",
        ]
    ) { _, own in own }
    /// When a session that does not answer is given up.
    private static let deadline = Duration.seconds(25)

    private struct Claim: Hashable {
        let project: ProjectID
        let key: String
        let caller: Caller?
    }

    private nonisolated let loop: PollLoop
    private let settings: ConnectionSettings
    private let logger: Logger
    private var turns = WriteTurns(limit: sessionsAtOnce)
    private var waiting: [WriteTurns.Ticket: Promise<Void>] = [:]
    private var idle: [Session] = []
    /// The one on which questions are asked, one behind the other.
    private var asking: Promise<Session>?
    /// The keys of writes that are under way.
    private var claims: Set<Claim> = []

    package init(connectionString: String, loop: PollLoop, logger: Logger) {
        settings = ConnectionSettings(connectionString, options: Self.serverSettings)
        self.loop = loop
        self.logger = logger
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    package func write(
        _ write: ProjectWrite, to project: ProjectID, key: String?, as caller: Caller?
    ) async -> WriteOutcome {
        let claim = key.map { Claim(project: project, key: $0, caller: caller) }
        if let claim, !claims.insert(claim).inserted {
            return .refused(status: 409, problem: "request-running", members: "{}")
        }
        defer { if let claim { claims.remove(claim) } }
        do {
            let asked = [write.operation, project.description, write.argument, key]
            guard let caller else {
                return try Self.outcome(
                    try await takingTurns(
                        project,
                        """
                        SELECT status, problem, answer, token, pg_current_xact_id_if_assigned() IS NULL
                        FROM scene_sync.write($1, $2::uuid, $3::jsonb, $4)
                        """, asked))
            }
            return try Self.outcome(
                try await takingTurns(
                    project,
                    """
                    SELECT status, problem, answer, token, pg_current_xact_id_if_assigned() IS NULL
                    FROM scene_sync.write_as($5, $6, $1, $2::uuid, $3::jsonb, $4)
                    """, asked + [caller.role, caller.claims]))
        } catch {
            return note(error)
        }
    }

    package func generations(of project: ProjectID) async -> GenerationsOutcome {
        do {
            let rows = try await askingSession().queryPrepared(
                "SELECT scene_sync.generations($1::uuid)", [project.description], deadline: Self.deadline)
            return rows.string(0, 0).map { .found($0) } ?? .unknown
        } catch {
            return switch note(error) {
            case .unavailable(let reason): .unavailable(reason: reason)
            default: .failed
            }
        }
    }

    private func takingTurns(_ project: ProjectID, _ sql: String, _ parameters: [String?]) async throws -> Rows {
        try await takeTurn(project)
        defer { if let next = turns.end(project) { waiting.removeValue(forKey: next)?.settle(.success(())) } }
        let session = try await session()
        defer { if !session.isLost { idle.append(session) } }
        return try await session.queryPrepared(sql, parameters, deadline: Self.deadline)
    }

    private func takeTurn(_ project: ProjectID) async throws {
        guard let ticket = turns.ask(project) else { return }
        let promise = Promise<Void>()
        waiting[ticket] = promise
        let timer = loop.schedule(after: Self.patience) { promise.settle(.failure(WriteError.tooManyWait)) }
        defer { loop.cancel(timer) }
        do {
            try await promise.value()
        } catch {
            waiting[ticket] = nil
            // It may have become its turn in the moment in which its patience ended.
            guard turns.leave(ticket) else { return }
            throw error
        }
    }

    private func session() async throws -> Session {
        while let session = idle.popLast() {
            if !session.isLost { return session }
        }
        return try await Session.open(settings, on: loop)
    }

    private func askingSession() async throws -> Session {
        if let asking {
            let session = try await asking.value()
            if !session.isLost { return session }
            // Others who waited with us may have opened another one since.
            guard self.asking === asking else { return try await askingSession() }
        }
        let promise = Promise<Session>()
        asking = promise
        do {
            let session = try await Session.open(settings, on: loop)
            promise.settle(.success(session))
            return session
        } catch {
            promise.settle(.failure(error))
            asking = nil
            throw error
        }
    }

    private static func outcome(_ rows: Rows) throws -> WriteOutcome {
        guard let status = rows.int64(0, 0), let answer = rows.string(0, 2) else {
            throw FeedError.notMigrated("scene_sync.write answers in a form of another version")
        }
        if let problem = rows.string(0, 1) {
            return .refused(status: Int(status), problem: problem, members: answer)
        }
        guard let token = rows.string(0, 3).flatMap({ SyncToken($0) }) else {
            throw FeedError.notMigrated("scene_sync.write answers in a form of another version")
        }
        // A transaction that has written nothing has given an answer again.
        return .done(status: Int(status), body: answer, token: token, isReplay: rows.bool(0, 4) == true)
    }

    /// What an error means to who asked. The server's detail may quote rows, so it is for nobody; its message, too, so it
    /// is for who asked alone.
    private func note(_ error: any Error) -> WriteOutcome {
        switch error {
        case WriteError.tooManyWait:
            return .unavailable(reason: "Other writes of this project have taken too long.")
        case PostgresError.server(let error):
            switch error.sqlstate.prefix(2) {
            case "22", "23", "44", "54", "P0":
                return .forbidden(reason: error.message)
            case "08", "25", "40", "53", "55", "57":
                return .unavailable(reason: "The database cannot do it now: \(error.message).")
            default:
                logger.error("a write failed: \(error.withoutValues)")
                return .failed
            }
        case is PostgresError, is CancellationError:
            logger.warning("a write has got no answer: \(error)")
            return .unavailable(
                reason: "The database has not answered. If something was sent, it may have been saved all the same: "
                    + "repeat it with the same Idempotency-Key.")
        default:
            logger.error("a write failed: \(error)")
            return .failed
        }
    }
}

private enum WriteError: Error {
    case tooManyWait
}

extension ProjectWrite {
    fileprivate var operation: String {
        switch self {
        case .save: "save"
        case .upsert: "upsert"
        case .regenerate: "regenerate"
        }
    }

    fileprivate var argument: String? {
        switch self {
        case .save(let images), .upsert(let images): images
        case .regenerate(let scenes): scenes.map { "\($0)" }
        }
    }
}
