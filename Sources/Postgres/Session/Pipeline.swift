import CLibpq

/// The order of things on a connection: what waits to be sent, what is owed an answer, what was heard on the way.
struct Pipeline {
    private var waiting = Queue<Request>()
    private var sent = Queue<Request>()
    private var prepared = PreparedNames()

    var isEmpty: Bool { waiting.first == nil && sent.first == nil }

    mutating func append(_ request: Request) {
        waiting.append(request)
    }

    /// Sends what may be sent and takes what has come.
    mutating func advance(_ connection: Connection) -> Progress {
        var progress = Progress()
        // In the buffer may be an answer that came while libpq flushed: it makes no socket readable.
        repeat {
            while progress.loss == nil, let next = waiting.first, isTurn(of: next) {
                _ = waiting.removeFirst()
                sent.append(next)
                if !send(next, connection) { progress.loss = connection.message }
            }
            progress.isFull = connection.flush()
            takeAnswers(connection, &progress)
        } while progress.loss == nil && waiting.first.map(isTurn) == true
        while let announcement = connection.nextAnnouncement() {
            progress.announcements.append(announcement)
        }
        if connection.isLost {
            progress.loss = lastWords ?? connection.message
        }
        return progress
    }

    /// Everybody who still waits, in order.
    mutating func removeAll() -> [Request] {
        var left: [Request] = []
        while let request = sent.removeFirst() ?? waiting.removeFirst() {
            left.append(request)
        }
        return left
    }

    /// A script has the connection to itself; everything else is sent at once.
    private func isTurn(of next: Request) -> Bool {
        sent.isEmpty || (!next.isScript && sent.first?.isScript == false)
    }

    private mutating func send(_ request: Request, _ connection: Connection) -> Bool {
        switch request.kind {
        case .query(let sql, let parameters):
            return connection.send(sql, parameters) && connection.sendSync()
        case .prepared(let sql, let parameters):
            let (name, isNew) = prepared.name(of: sql)
            return (!isNew || connection.sendPrepare(name, sql)) && connection.send(prepared: name, parameters)
                && connection.sendSync()
        case .script(let script):
            return connection.send(script: script)
        }
    }

    private mutating func takeAnswers(_ connection: Connection, _ progress: inout Progress) {
        while progress.loss == nil, let request = sent.first, !connection.isBusy {
            guard let result = connection.nextResult() else {
                // A lost connection has no more results for ever.
                if connection.isLost { return }
                if request.isScript {
                    finish(&progress)
                    if !connection.returnToPipeline() { progress.loss = connection.message }
                }
                continue
            }
            switch PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC:
                PQclear(result)
                finish(&progress)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                PQclear(result)
                progress.loss = "COPY is not supported"
            default:
                sent.first?.add(result)
            }
        }
    }

    /// What the server said to the query in progress when it ended the session.
    private var lastWords: String? {
        if case .connectionLost(let why) = sent.first?.error { why } else { nil }
    }

    private mutating func finish(_ progress: inout Progress) {
        guard let request = sent.removeFirst() else { return }
        if case .prepared(let sql, _) = request.kind, request.lostItsName {
            prepared.forget(sql)
        }
        progress.settled.append(request)
    }
}

extension Pipeline {
    /// What one turn brought.
    struct Progress {
        var settled: [Request] = []
        var announcements: [Announcement] = []
        /// libpq holds bytes that the socket had no room for.
        var isFull = false
        /// Why the connection is of no use any more.
        var loss: String?
    }
}
