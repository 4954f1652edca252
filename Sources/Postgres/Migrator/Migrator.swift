import Synchronization

/// Brings a database up to a list of scripts: all that are due, in one transaction, and politely to those who write meanwhile.
package struct Migrator: Sendable {
    /// SQL of the caller's in the same transaction, where there is something to apply.
    package var before: @Sendable (Session) async throws -> Void = { _ in }
    package var after: @Sendable (Session) async throws -> Void = { _ in }

    /// Whether what a recorded script made is there no more, as after a DROP: then it is applied again.
    package var isMissing: @Sendable (Script, Session) async throws -> Bool = { _, _ in false }

    private let settings: ConnectionSettings
    private let loop: PollLoop
    private let bookkeeping: Bookkeeping
    private let scripts: [(script: Script, kind: ScriptStatus.Kind)]

    package init(
        _ settings: ConnectionSettings, on loop: PollLoop, bookkeeping: String, once: [Script], always: [Script]
    ) {
        self.settings = settings
        self.loop = loop
        self.bookkeeping = Bookkeeping(bookkeeping)
        scripts = once.map { ($0, .once) } + always.map { ($0, .always) }
    }

    package func status() async throws -> [ScriptStatus] {
        try await withSession { try await status($0) }
    }

    /// Returns the names of what was applied. Tries again for `wait` while somebody holds a lock we need: other
    /// writers queue behind our request, so each try gives up after 2 s and leaves them a second.
    @discardableResult
    package func apply(wait: Duration, progress: @escaping @Sendable (String) -> Void = { _ in }) async throws
        -> [String]
    {
        try await withSession { observer in
            let begin = ContinuousClock.now
            while try await !due(observer).isEmpty {
                let blocker = Mutex<Blocker?>(nil)
                do {
                    return try await attempt(observer, progress) { found in blocker.withLock { $0 = found } }
                } catch let error as MigrationError where error.isLockTimeout {
                    let blocker = blocker.withLock { $0 }
                    let waited = ContinuousClock.now - begin
                    guard waited < wait else { throw MigrationError.blocked(by: blocker, waited: waited) }
                    progress("waiting for a lock" + (blocker.map { ", blocked by \($0)" } ?? ""))
                    try await Task.sleep(for: .seconds(1))
                }
            }
            return []
        }
    }

    /// One try, observed from a second session: afterwards nobody can tell any more who was in the way.
    private func attempt(
        _ observer: Session,
        _ progress: @escaping @Sendable (String) -> Void,
        found: @escaping @Sendable (Blocker) -> Void
    ) async throws -> [String] {
        try await withSession { session in
            try await withThrowingTaskGroup(of: [String]?.self) { group in
                group.addTask { try await transaction(session, progress) }
                group.addTask {
                    while true {
                        try await Task.sleep(for: .milliseconds(400))
                        try await Blocker.find(of: session.backendPID, by: observer).map(found)
                    }
                }
                defer { group.cancelAll() }
                return try await group.next().flatMap { $0 } ?? []
            }
        }
    }

    private func transaction(_ session: Session, _ progress: @escaping @Sendable (String) -> Void) async throws
        -> [String]
    {
        var applied: [String] = []
        try await step("the migration's begin") {
            try await session.query("BEGIN")
            try await session.query("SET LOCAL lock_timeout = '2s'")
            try await bookkeeping.lock(session)
            try await bookkeeping.create(session)
        }
        // Another migrator may have been here since.
        let due = try await due(session)
        let transaction = try await session.query("SELECT pg_current_xact_id()").string(0, 0)
        try await step("before the scripts") { try await before(session) }
        for script in due {
            progress("applying \(script.name)")
            try await step(script.name) { try await session.run(script: script.text) }
            let now = try await session.query("SELECT pg_current_xact_id()").string(0, 0)
            guard now == transaction else { throw MigrationError.leftTransaction(script.name) }
            try await step(script.name) { try await bookkeeping.record(script, session) }
            applied.append(script.name)
        }
        try await step("after the scripts") { try await after(session) }
        try await step("the migration's end") { try await session.query("COMMIT") }
        return applied
    }

    private func due(_ session: Session) async throws -> [Script] {
        let status = try await status(session)
        if let edited = status.first(where: { $0.kind == .once && $0.state == .changed }) {
            throw MigrationError.edited(edited.name)
        }
        return zip(scripts, status).filter { $0.1.state != .applied }.map { $0.0.script }
    }

    private func status(_ session: Session) async throws -> [ScriptStatus] {
        let entries = try await bookkeeping.entries(session)
        var status: [ScriptStatus] = []
        for (script, kind) in scripts {
            let entry = entries[script.name]
            var state: ScriptStatus.State =
                if let entry { entry.checksum == script.checksum ? .applied : .changed } else { .pending }
            if kind == .always, state == .applied, try await isMissing(script, session) { state = .missing }
            status.append(ScriptStatus(name: script.name, kind: kind, state: state, appliedAt: entry?.appliedAt))
        }
        return status
    }

    private func step(_ name: String, _ body: () async throws -> some Any) async throws {
        do {
            _ = try await body()
        } catch let error as PostgresError {
            throw MigrationError.failed(script: name, error)
        }
    }

    /// Closing it is the ROLLBACK of what was not committed.
    private func withSession<R>(_ body: (Session) async throws -> R) async throws -> R {
        let session = try await Session.open(settings, on: loop)
        let result: Result<R, any Error>
        do { result = .success(try await body(session)) } catch { result = .failure(error) }
        await session.close()
        return try result.get()
    }
}
