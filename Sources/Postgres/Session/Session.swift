/// One connection to PostgreSQL on a loop's thread. Queries of concurrent callers are pipelined and answered in order;
/// an error hits only its own. A session that is lost stays lost: open another.
package actor Session {
    package nonisolated let backendPID: Int32
    package nonisolated let serverVersion: Int32
    package nonisolated let isEncrypted: Bool
    /// One element for each time the socket was drained, in order. For one reader; ends with the session.
    package nonisolated let notifications: AsyncStream<[Announcement]>

    private nonisolated let loop: PollLoop
    private nonisolated let loss = Promise<String>()
    private let announcements: AsyncStream<[Announcement]>.Continuation
    private var connection: Connection?
    private var watch: UInt64?
    private var isFull = false
    private var pipeline = Pipeline()
    /// Since when nothing has come that is waited for; nil if nothing is.
    package private(set) var silentSince: ContinuousClock.Instant?

    private init(_ connection: Connection, on loop: PollLoop) {
        self.loop = loop
        self.connection = connection
        backendPID = connection.backendPID
        serverVersion = connection.serverVersion
        isEncrypted = connection.isEncrypted
        (notifications, announcements) = AsyncStream.makeStream()
    }

    deinit {
        if let watch {
            loop.poller.unwatch(watch)
        }
        announcements.finish()
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    package nonisolated var isLost: Bool {
        loss.result != nil
    }

    /// Returns why.
    package nonisolated func waitUntilLost() async throws(CancellationError) -> String {
        do { return try await loss.value() } catch { throw CancellationError() }
    }

    /// The connection is opened by a thread of its own: libpq blocks on names. One that comes too late is closed.
    static func opening(_ settings: ConnectionSettings, on loop: PollLoop) throws(PostgresError) -> Promise<Session> {
        let parameters = try settings.parameters()
        let patience = try settings.patience()
        let promise = Promise<Session>()
        let timer = loop.schedule(after: patience) {
            let why = "no answer within \(patience) (\(settings.description))"
            promise.settle(.failure(PostgresError.unreachable(why)))
        }
        try DetachedThread.start(name: "pg-connect") {
            let opened = Result { try Session(Connection.open(parameters), on: loop) }
            loop.schedule(after: .zero) {
                loop.cancel(timer)
                promise.settle(opened.flatMap { session in Result { try session.assumeIsolated { try $0.begin() } } })
            }
        }
        return promise
    }

    package static func open(_ settings: ConnectionSettings, on loop: PollLoop) async throws -> Session {
        try await opening(settings, on: loop).value()
    }

    /// Casts in the statement give parameters their types: `$1::uuid[]`. A missed `deadline` ends the session, so that a
    /// late answer never meets another question.
    @discardableResult
    package func query(_ sql: String, _ parameters: [String?] = [], deadline: Duration? = nil) async throws -> Rows {
        try await ask(.query(sql, parameters), deadline)
    }

    /// As `query`, for statements that come again and again: parsed once a session.
    @discardableResult
    package func queryPrepared(
        _ sql: String, _ parameters: [String?] = [], deadline: Duration? = nil
    ) async throws -> Rows {
        try await ask(.prepared(sql, parameters), deadline)
    }

    /// Asks something where nothing is asked: another's answer may take longer than this deadline.
    package func pingIfIdle(_ sql: String, deadline: Duration) async throws {
        if silentSince == nil { try await queryPrepared(sql, deadline: deadline) }
    }

    /// Several statements without parameters, in one transaction unless they say otherwise.
    package func run(script: String, deadline: Duration? = nil) async throws {
        _ = try await ask(.script(script), deadline)
    }

    package func close() {
        lose("closed")
    }

    private func ask(_ kind: Request.Kind, _ deadline: Duration?) async throws -> Rows {
        try Task.checkCancellation()
        try kind.check()
        if case .success(let why) = loss.result { throw PostgresError.connectionLost(why) }
        let promise = Promise<Rows>()
        let timer = deadline.map { deadline in
            loop.schedule(after: deadline) { [weak self] in
                guard promise.settle(.failure(PostgresError.timedOut(deadline))) else { return }
                self?.assumeIsolated { $0.lose("a query missed its deadline of \(deadline)") }
            }
        }
        pipeline.append(Request(kind, promise, timer))
        silentSince = silentSince ?? .now
        advance()
        return try await promise.value()
    }

    private func begin() throws -> Session {
        watch = try connection.map { connection in
            try loop.poller.watch(connection.descriptor) { [weak self] in
                self?.assumeIsolated { $0.ready() }
            }
        }
        return self
    }

    private func ready() {
        if silentSince != nil { silentSince = .now }
        connection?.receive()
        advance()
    }

    private func advance() {
        guard let connection else { return }
        let progress = pipeline.advance(connection)
        for request in progress.settled {
            request.timer.map(loop.cancel)
            request.settle()
        }
        if !progress.settled.isEmpty { silentSince = pipeline.isEmpty ? nil : .now }
        if !progress.announcements.isEmpty {
            announcements.yield(progress.announcements)
        }
        if let loss = progress.loss {
            lose(loss)
        } else if progress.isFull != isFull, let watch {
            isFull = progress.isFull
            loop.poller.wantRoom(isFull, watch)
        }
    }

    private func lose(_ why: String) {
        guard loss.settle(.success(why)) else { return }
        if let watch {
            loop.poller.unwatch(watch)
        }
        watch = nil
        connection = nil
        for request in pipeline.removeAll() {
            request.timer.map(loop.cancel)
            request.promise.settle(.failure(PostgresError.connectionLost(why)))
        }
        announcements.finish()
    }
}
