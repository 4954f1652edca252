import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL
import Testing

/// One connection over HTTP/2, with as many streams as are opened.
final class HTTP2Client: Sendable {
    private let channel: any Channel
    private let multiplexer: NIOHTTP2Handler.AsyncStreamMultiplexer<Void>
    private let scheme: String

    private init(
        _ channel: any Channel, _ multiplexer: NIOHTTP2Handler.AsyncStreamMultiplexer<Void>, scheme: String
    ) {
        self.channel = channel
        self.multiplexer = multiplexer
        self.scheme = scheme
    }

    /// Over TLS if there is a certificate to trust.
    static func open(port: Int, trusting certificatePath: String? = nil) async throws -> HTTP2Client {
        let tls = try certificatePath.map { path in
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(path)
            configuration.applicationProtocols = ["h2"]
            return try NIOSSLContext(configuration: configuration)
        }
        let (channel, multiplexer) = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    }
                    let multiplexer = try pipeline.configureAsyncHTTP2Pipeline(
                        mode: .client, configuration: .init()
                    ) { stream in
                        stream.eventLoop.makeSucceededVoidFuture()
                    }
                    return (channel, multiplexer)
                }
            }
        return HTTP2Client(channel, multiplexer, scheme: tls == nil ? "http" : "https")
    }

    /// As if its cable had been pulled out.
    func vanish() async throws {
        try await channel.eventLoop.submit { [channel] in
            try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
                Descriptor.deafen($0)
            }
        }.get()
    }

    /// A body that is not whole is one whose end does not come.
    func open(
        _ path: String, method: String = "GET", _ headers: [(String, String)] = [], body: [UInt8]? = nil,
        isWhole: Bool = true, authority: String? = "localhost"
    ) async throws -> HTTP2Stream {
        let (events, continuation) = AsyncStream<HTTP2Stream.Event>.makeStream()
        let channel = try await multiplexer.openStream { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(HTTP2StreamReader(continuation))
                return channel
            }
        }
        let name = authority.map { [(":authority", $0)] } ?? []
        let fields = [(":method", method), (":path", path), (":scheme", scheme)] + name + headers
        let written = channel.eventLoop.makePromise(of: Void.self)
        channel.writeAndFlush(
            HTTP2Frame.FramePayload.headers(.init(headers: HPACKHeaders(fields), endStream: body == nil)),
            promise: written)
        // Where there are too many streams it waits for one of them to end.
        try await withTaskCancellationHandler {
            try await written.futureResult.get()
        } onCancel: {
            channel.close(promise: nil)
        }
        if let body {
            try await channel.writeAndFlush(
                HTTP2Frame.FramePayload.data(.init(data: .byteBuffer(ByteBuffer(bytes: body)), endStream: isWhole)))
        }
        return HTTP2Stream(channel, events)
    }
}

/// A stream of HTTP/2, read as it comes.
actor HTTP2Stream {
    enum Event: Sendable {
        case status(Int, HPACKHeaders)
        case contents(String)
    }

    private nonisolated let channel: any Channel
    private let events: AsyncStream<Event>
    private(set) var status: Int?
    private var headers = HPACKHeaders()
    private(set) var text = ""

    init(_ channel: any Channel, _ events: AsyncStream<Event>) {
        self.channel = channel
        self.events = events
    }

    func header(_ name: String) -> String? {
        headers.first(name: name)
    }

    /// Whether the client takes what is sent; while it does not, the stream's window closes.
    nonisolated func take(_ isTaking: Bool) async throws {
        try await channel.setOption(.autoRead, value: isTaking).get()
        if isTaking { channel.read() }
    }

    nonisolated func close() async {
        // It fails with the reason of the end, which is this.
        try? await channel.close()
    }

    /// Reads until `end` has come, or, without one, to the stream's end.
    @discardableResult
    func read(through end: String? = nil) async -> String {
        if let end, text.contains(end) { return text }
        for await event in events {
            switch event {
            case .status(let status, let headers): (self.status, self.headers) = (status, headers)
            case .contents(let part): text += part
            }
            if let end, text.contains(end) { break }
        }
        return text
    }
}

private final class HTTP2StreamReader: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload

    private let events: AsyncStream<HTTP2Stream.Event>.Continuation

    init(_ events: AsyncStream<HTTP2Stream.Event>.Continuation) {
        self.events = events
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let head):
            if let status = head.headers.first(name: ":status").flatMap({ Int($0) }) {
                events.yield(.status(status, head.headers))
            }
        case .data(let part):
            if case .byteBuffer(let buffer) = part.data { events.yield(.contents(String(buffer: buffer))) }
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        events.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        events.finish()
        context.close(promise: nil)
    }
}
