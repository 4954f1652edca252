import NIOCore
import NIOHTTP1
import NIOPosix
import ProjectSync
import SyncHTTP

/// Follows a project's stream over all that happens to connections, as an `EventSource` would: comes again after the
/// delay that the daemon asks for, naming the last event that it knows.
struct ProjectStream: Sendable {
    /// When a connection that says nothing, not even a heartbeat, counts as lost.
    private static let silence = TimeAmount.seconds(60)
    private static let standardRetry = Duration.seconds(3)
    private static let longestRetry = Duration.seconds(30)
    private static let errorBody_bytes = 65_536

    let address: DaemonAddress
    let project: ProjectID
    let token: String?

    /// Returns when there is nothing more to come, by an error.
    func run(_ tell: @Sendable (StreamNews) -> Void) async throws {
        var reader = EventStreamReader()
        var hasOpened = false
        var failures = 0
        while true {
            var why = "the daemon ended the stream"
            do {
                try await follow(&reader) { news in
                    if news == .opened { (hasOpened, failures) = (true, 0) }
                    tell(news)
                }
            } catch let refusal as StreamRefusal {
                guard hasOpened, refusal.isPassing else { throw refusal }
                why = refusal.description
            } catch let error where !(error is CancellationError) {
                why = ClientTLS.explanation(of: error) ?? ConnectionFailure.explanation(of: error) ?? "\(error)"
                guard hasOpened else { throw StreamRefusal.unreachable(address, why) }
            }
            try Task.checkCancellation()
            let delay = min(Self.longestRetry, (reader.retry ?? Self.standardRetry) * (1 << min(failures, 5)))
            failures += 1
            tell(.lost(why: why, again: delay))
            try await Task.sleep(for: delay)
            tell(.connecting)
        }
    }

    /// One connection, from its opening to its end.
    private func follow(_ reader: inout EventStreamReader, _ tell: (StreamNews) -> Void) async throws {
        reader.begin()
        let request = request(lastEventID: reader.lastEventID)
        var unread = reader
        defer { reader = unread }
        try await connect().executeThenClose { inbound, outbound in
            try await outbound.write(.head(request))
            try await outbound.write(.end(nil))
            var refused: (status: Int, body: [UInt8])?
            for try await part in inbound {
                switch part {
                case .head(let head) where head.status == .ok: tell(.opened)
                case .head(let head): refused = (Int(head.status.code), [])
                case .body(let bytes) where refused != nil:
                    let room = Self.errorBody_bytes - (refused?.body.count ?? 0)
                    refused?.body += bytes.readableBytesView.prefix(room)
                case .body(let bytes): try take(unread.read(bytes.readableBytesView), tell)
                case .end:
                    if let refused { throw StreamRefusal.status(refused.status, detail: Self.detail(refused.body)) }
                    return
                }
            }
        }
    }

    private func take(_ messages: [EventStreamReader.Message], _ tell: (StreamNews) -> Void) throws {
        for message in messages {
            switch message {
            case .comment: tell(.heartbeat)
            case .event(let name, let data):
                guard let event = try ProjectEvent(name: name, data: data) else { continue }
                tell(.event(event))
                if event == .deleted { throw StreamRefusal.deleted }
                if event == .expired { throw StreamRefusal.expired }
            }
        }
    }

    private func connect() async throws -> NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .connect(host: address.server.host, port: address.server.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try address.secure(channel)
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandlers(IdleStateHandler(readTimeout: Self.silence), CloseOnSilence())
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    private func request(lastEventID: String) -> HTTPRequestHead {
        var headers: HTTPHeaders = [
            "Host": address.server.text(port: address.server.port), "Accept": "text/event-stream",
            "Cache-Control": "no-cache", "User-Agent": "scenesync-watch",
        ]
        if !lastEventID.isEmpty { headers.add(name: "Last-Event-ID", value: lastEventID) }
        if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        return HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "\(address.path)/v1/projects/\(project)/events", headers: headers)
    }

    /// What a problem's body says (RFC 9457).
    private static func detail(_ body: [UInt8]) -> String {
        let detail: String? = body.withUnsafeBytes { bytes in
            var json = JSONCursor(bytes)
            var detail: String?
            try? json.object { (key, json) throws(JSONError) in
                if json.matches(key, "detail"), json.peek() == UInt8(ascii: "\"") {
                    detail = try json.text(of: try json.string())
                } else {
                    _ = try json.value()
                }
            }
            return detail
        }
        return detail ?? String(decoding: body.prefix(200), as: UTF8.self)
    }
}

extension StreamRefusal {
    /// Whether it may be otherwise the next time.
    fileprivate var isPassing: Bool {
        if case .status(let status, _) = self { status >= 500 || status == 429 || status == 408 } else { false }
    }
}

/// Ends a connection on which nothing has come for too long: the other end may be gone without a word.
private final class CloseOnSilence: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        context.close(promise: nil)
    }
}
