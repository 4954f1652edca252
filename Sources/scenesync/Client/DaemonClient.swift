import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks a running daemon, a connection for each request.
struct DaemonClient: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: String
    }

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    let url: DaemonURL
    /// Of the header `Authorization: Bearer`.
    let token: String?

    func request(
        _ method: HTTPMethod, _ path: String, _ headers: [(String, String)] = [], body: String? = nil
    ) async throws -> Answer {
        try await send(method, path, headers, body) { head, parts in
            var body = ByteBuffer()
            while case .body(var part)? = try await parts.next() { body.writeBuffer(&part) }
            return Answer(status: Int(head.status.code), headers: head.headers, body: String(buffer: body))
        }
    }

    /// Hands on the events of a stream until it ends, or the task is cancelled.
    func follow(_ path: String, _ receive: @Sendable (StreamEvent) async -> Void) async throws {
        let headers = [("Accept", "text/event-stream"), ("Cache-Control", "no-cache")]
        try await send(.GET, path, headers, nil) { head, parts in
            guard head.status == .ok else { throw RefusedError(status: Int(head.status.code)) }
            var parser = StreamParser()
            while case .body(let part)? = try await parts.next() {
                for event in parser.read(part.readableBytesView) { await receive(event) }
            }
        }
    }

    private func send<Result: Sendable>(
        _ method: HTTPMethod, _ path: String, _ headers: [(String, String)], _ body: String?,
        _ read: (HTTPResponseHead, inout NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator)
            async throws -> Result
    ) async throws -> Result {
        let connection = try await connect()
        return try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(.head(self.head(method, path, headers, body)))
            if let body { try await outbound.write(.body(.byteBuffer(ByteBuffer(string: body)))) }
            try await outbound.write(.end(nil))
            var parts = inbound.makeAsyncIterator()
            while let part = try await parts.next() {
                if case .head(let head) = part, head.status != .continue { return try await read(head, &parts) }
            }
            try Task.checkCancellation()
            throw UnreachableError(description: "\(self.url) has closed the connection without an answer")
        }
    }

    private func head(
        _ method: HTTPMethod, _ path: String, _ headers: [(String, String)], _ body: String?
    ) -> HTTPRequestHead {
        var fields = HTTPHeaders(headers)
        fields.add(name: "Host", value: url.address.text(port: url.address.port))
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
                .connect(host: url.address.host, port: url.address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
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
