import NIOCore
import NIOHTTP1
import NIOPosix
import SyncHTTP

/// Asks a running daemon, a connection for each request.
struct DaemonClient: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: String
    }

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    let url: DaemonAddress
    /// Of the header `Authorization: Bearer`.
    let token: String?

    func request(
        _ method: HTTPMethod, _ path: String, _ headers: [(String, String)] = [], body: String? = nil
    ) async throws -> Answer {
        var head: HTTPResponseHead?
        var bytes = ByteBuffer()
        try await send(method, path, headers, body) { part in
            switch part {
            case .head(let first): head = first
            case .body(var part): bytes.writeBuffer(&part)
            case .end: break
            }
        }
        guard let head else {
            throw UnreachableError(description: "\(url) has closed the connection without an answer")
        }
        return Answer(status: Int(head.status.code), headers: head.headers, body: String(buffer: bytes))
    }

    /// Hands on the events of a stream until it ends, or the task is cancelled.
    func follow(_ path: String, _ receive: (_ name: String, _ data: [UInt8]) async -> Void) async throws {
        var reader = EventStreamReader()
        try await send(.GET, path, [("Accept", "text/event-stream"), ("Cache-Control", "no-cache")], nil) { part in
            switch part {
            case .head(let head) where head.status != .ok: throw RefusedError(status: Int(head.status.code))
            case .body(let part):
                for case .event(let name, let data) in reader.read(part.readableBytesView) { await receive(name, data) }
            case .head, .end: break
            }
        }
    }

    /// One request over a connection of its own, and the parts of its answer.
    private func send(
        _ method: HTTPMethod, _ path: String, _ headers: [(String, String)], _ body: String?,
        _ receive: (HTTPClientResponsePart) async throws -> Void
    ) async throws {
        let connection = try await connect()
        let head = head(method, path, headers, body)
        do {
            try await connection.executeThenClose { inbound, outbound in
                // At once: the answer, and the end of the connection, may come before a second part could leave.
                let parts = body.map { [HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: $0)))] } ?? []
                try await outbound.write(contentsOf: [.head(head)] + parts + [.end(nil)])
                for try await part in inbound {
                    try await receive(part)
                    if case .end = part { return }
                }
                try Task.checkCancellation()
            }
        } catch {
            guard let why = ClientTLS.explanation(of: error) else { throw error }
            throw UnreachableError(description: "\(url) cannot be asked: \(why)")
        }
    }

    private func head(
        _ method: HTTPMethod, _ path: String, _ headers: [(String, String)], _ body: String?
    ) -> HTTPRequestHead {
        var fields = HTTPHeaders(headers)
        fields.add(name: "Host", value: url.server.text(port: url.server.port))
        fields.add(name: "Connection", value: "close")
        if let token { fields.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            fields.add(name: "Content-Type", value: "application/json")
            fields.add(name: "Content-Length", value: "\(body.utf8.count)")
        }
        return HTTPRequestHead(version: .http1_1, method: method, uri: url.path + path, headers: fields)
    }

    private func connect() async throws -> Connection {
        do {
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(3))
                .connect(host: url.server.host, port: url.server.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try url.secure(channel)
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        return try Connection(wrappingChannelSynchronously: channel)
                    }
                }
        } catch let error where !(error is CancellationError) {
            throw UnreachableError(description: "nobody answers at \(url): is the daemon running there?")
        }
    }
}

/// No daemon has answered.
struct UnreachableError: Error, CustomStringConvertible {
    let description: String
}

/// A stream was answered with a status that is final.
struct RefusedError: Error {
    let status: Int
}
