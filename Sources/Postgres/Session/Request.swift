import CLibpq

/// What a caller asked of a session, and the answer as it comes together.
struct Request {
    enum Kind {
        case query(String, [String?])
        case prepared(String, [String?])
        case script(String)
    }

    let kind: Kind
    let promise: Promise<Rows>
    let timer: PollLoop.TimerID?
    private(set) var error: PostgresError?
    private var rows: Rows?
    private var wasNotParsed = false

    init(_ kind: Kind, _ promise: Promise<Rows>, _ timer: PollLoop.TimerID?) {
        self.kind = kind
        self.promise = promise
        self.timer = timer
    }

    var isScript: Bool {
        if case .script = kind { true } else { false }
    }

    /// Whether a prepared statement is not there, or is of no use since its table looks otherwise.
    var lostItsName: Bool {
        wasNotParsed || error?.sqlstate == "26000" || error?.sqlstate == "0A000"
    }

    /// The last result counts, or the first error.
    mutating func add(_ result: OpaquePointer) {
        switch PQresultStatus(result) {
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
            error = error ?? PostgresError(result)
            PQclear(result)
        case PGRES_PIPELINE_ABORTED:
            // Follows the error of the Parse that was to go before.
            wasNotParsed = true
            PQclear(result)
        default:
            rows = Rows(result)
        }
    }

    func settle() {
        if let error {
            promise.settle(.failure(error))
        } else if let rows {
            promise.settle(.success(rows))
        } else {
            promise.settle(.failure(PostgresError.connectionLost("an answer without a result")))
        }
    }
}

extension Request.Kind {
    /// PostgreSQL's text has no NUL, and C would end the string there.
    func check() throws(PostgresError) {
        let texts: [String?] =
            switch self {
            case .query(let sql, let parameters), .prepared(let sql, let parameters): parameters + [sql]
            case .script(let script): [script]
            }
        guard !texts.contains(where: CStrings.containsNUL) else {
            throw .server(ServerError(sqlstate: "22021", message: "invalid byte sequence for encoding \"UTF8\": 0x00"))
        }
    }
}
