import CLibpq

/// Why the database did not do what it was asked. A case per reaction: mend the settings, try again later, open a new
/// session, give up on a slow query, read what the server says.
package enum PostgresError: Error, Equatable, CustomStringConvertible {
    case badSettings(String)
    case unreachable(String)
    case connectionLost(String)
    case timedOut(Duration)
    case server(ServerError)

    package var description: String {
        switch self {
        case .badSettings(let what): "bad database settings: \(what)"
        case .unreachable(let why): "database unreachable: \(why)"
        case .connectionLost(let why): "database connection lost: \(why)"
        case .timedOut(let limit): "the database did not answer within \(limit)"
        case .server(let error): "database error: \(error)"
        }
    }

    package var sqlstate: String? {
        if case .server(let error) = self { error.sqlstate } else { nil }
    }

    /// A FATAL ends the session, and an error without a SQLSTATE is libpq's own: nobody answered.
    init(_ result: OpaquePointer) {
        switch ServerError(result) {
        case .some(let error) where error.severity == "ERROR": self = .server(error)
        case .some(let error): self = .connectionLost(error.description)
        case nil: self = .connectionLost(String(cString: PQresultErrorMessage(result)).onOneLine)
        }
    }
}
