import CLibpq
import Synchronization

/// libpq without a loop, for what no session of ours does: COPY, and hearing the server's notices.
final class RawConnection: Sendable {
    private nonisolated(unsafe) let pointer: OpaquePointer
    private let collected = Mutex<[String]>([])

    init(_ connectionString: String) throws {
        guard let opened = PQconnectdb(connectionString) else { throw RawConnectionError.failed("out of memory") }
        pointer = opened
        guard PQstatus(opened) == CONNECTION_OK else { throw RawConnectionError.failed(message) }
        PQsetNoticeProcessor(
            opened,
            { context, text in
                guard let context, let text else { return }
                let connection = Unmanaged<RawConnection>.fromOpaque(context).takeUnretainedValue()
                connection.collected.withLock { $0.append(String(cString: text)) }
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        PQfinish(pointer)
    }

    /// What the server told besides its answers.
    var notices: [String] {
        collected.withLock { $0 }
    }

    func run(_ sql: String) throws {
        try check(PQexec(pointer, sql), [PGRES_COMMAND_OK, PGRES_TUPLES_OK])
    }

    /// `rows` is COPY's text.
    func copy(_ sql: String, _ rows: String) throws {
        try check(PQexec(pointer, sql), [PGRES_COPY_IN])
        guard PQputCopyData(pointer, rows, Int32(rows.utf8.count)) == 1, PQputCopyEnd(pointer, nil) == 1 else {
            throw RawConnectionError.failed(message)
        }
        try check(PQgetResult(pointer), [PGRES_COMMAND_OK])
        while let rest = PQgetResult(pointer) {
            PQclear(rest)
        }
    }

    private var message: String {
        String(cString: PQerrorMessage(pointer))
    }

    private func check(_ result: OpaquePointer?, _ wanted: [ExecStatusType]) throws {
        defer { PQclear(result) }
        guard wanted.contains(PQresultStatus(result)) else { throw RawConnectionError.failed(message) }
    }
}

/// What the server or libpq said.
enum RawConnectionError: Error {
    case failed(String)
}
