import CLibpq
import Glibc
import Synchronization

/// libpq's connection, closed with its last holder. All but the waiting in `open` never blocks.
final class Connection: Sendable {
    // Used by one thread at a time: the one that opens it, then the loop's.
    private nonisolated(unsafe) let pointer: OpaquePointer
    /// Why the server says it ends the session, which libpq takes for a notice.
    private let lastWords = Mutex<String?>(nil)

    private init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQfinish(pointer)
    }

    /// Blocks: for a thread of its own. `PQconnectPoll` would block as well (on names), and keep no host's timeout.
    static func open(_ parameters: [String: String]) throws(PostgresError) -> Connection {
        let pairs = parameters.sorted { $0.key < $1.key }
        let opened = CStrings.withPointers(pairs.map { $0.key } + [nil]) { keywords in
            CStrings.withPointers(pairs.map { $0.value } + [nil]) { values in
                PQconnectdbParams(keywords, values, 0)
            }
        }
        guard let opened else { throw .unreachable("out of memory") }
        let connection = Connection(opened)
        guard PQstatus(opened) == CONNECTION_OK else { throw .unreachable(connection.message) }
        guard PQsetnonblocking(opened, 1) == 0, PQenterPipelineMode(opened) == 1 else {
            throw .unreachable(connection.message)
        }
        // Unretained: no notice comes after PQfinish, which is our deinit.
        PQsetNoticeReceiver(opened, Connection.notice, Unmanaged.passUnretained(connection).toOpaque())
        return connection
    }

    var descriptor: Int32 { PQsocket(pointer) }
    var backendPID: Int32 { PQbackendPID(pointer) }
    var serverVersion: Int32 { PQserverVersion(pointer) }
    var isEncrypted: Bool { PQsslInUse(pointer) == 1 }
    var isLost: Bool { PQstatus(pointer) == CONNECTION_BAD }
    var isBusy: Bool { PQisBusy(pointer) == 1 }

    /// One line: the server's farewell if there was one, else libpq's complaint.
    var message: String {
        lastWords.withLock { $0 } ?? String(cString: PQerrorMessage(pointer)).onOneLine
    }

    func send(_ sql: String, _ parameters: [String?]) -> Bool {
        CStrings.withPointers(parameters) {
            PQsendQueryParams(pointer, sql, Int32(parameters.count), nil, $0, nil, nil, 0) == 1
        }
    }

    func send(prepared name: String, _ parameters: [String?]) -> Bool {
        CStrings.withPointers(parameters) {
            PQsendQueryPrepared(pointer, name, Int32(parameters.count), $0, nil, nil, 0) == 1
        }
    }

    func sendPrepare(_ name: String, _ sql: String) -> Bool {
        PQsendPrepare(pointer, name, sql, 0, nil) == 1
    }

    func sendSync() -> Bool {
        PQpipelineSync(pointer) == 1
    }

    /// Several statements, outside of the pipeline, which must be empty.
    func send(script: String) -> Bool {
        PQexitPipelineMode(pointer) == 1 && PQsendQuery(pointer, script) == 1
    }

    func returnToPipeline() -> Bool {
        PQpipelineStatus(pointer) != PQ_PIPELINE_OFF || PQenterPipelineMode(pointer) == 1
    }

    /// Whether something is left to write.
    func flush() -> Bool {
        PQflush(pointer) == 1
    }

    func receive() {
        // A libpq of before 2026 leaves in OpenSSL what it had no room for: no socket tells of that.
        repeat {
            guard PQconsumeInput(pointer) == 1 else { return }
        } while scenesync_ssl_pending(pointer) > 0
    }

    func nextResult() -> OpaquePointer? {
        PQgetResult(pointer)
    }

    func nextAnnouncement() -> Announcement? {
        guard let notify = PQnotifies(pointer) else { return nil }
        defer { PQfreemem(notify) }
        return Announcement(
            channel: String(cString: notify.pointee.relname),
            payload: [UInt8](UnsafeRawBufferPointer(start: notify.pointee.extra, count: strlen(notify.pointee.extra))),
            backendPID: notify.pointee.be_pid
        )
    }

    private static let notice: PQnoticeReceiver = { context, result in
        guard let context, let result, let error = ServerError(result) else { return }
        guard ["FATAL", "PANIC"].contains(error.severity) else { return }
        Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().lastWords.withLock { $0 = error.description }
    }
}
