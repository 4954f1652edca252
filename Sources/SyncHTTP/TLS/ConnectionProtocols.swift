import Fanout
import HTTPTypes
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOSSL
import NIOTLS

/// What a connection speaks: HTTP/1.1, or HTTP/2 where TLS or the client's first words agree on it.
struct ConnectionProtocols: Sendable {
    /// How a connection turns out to be served.
    enum Spoken: Sendable {
        case http1(HTTP1Channel.Value)
        case http2(HTTP2Channel.Value)
    }

    /// What a client of HTTP/2 begins with (RFC 9113, section 3.4).
    private static let preface = "PRI * HTTP/2.0\r\n"
    /// The streams that one connection may have at a time; a page with many projects has as many.
    private static let mostStreams = 1_000

    private let http1: GuardedHTTP1
    private let http2: HTTP2Channel
    private let rules: ConnectionRules
    private let counters: DeliveryCounters
    private let identity: TLSIdentity?
    private let takesH2C: Bool
    private let logger: Logger

    init(
        _ responder: SyncResponder, rules: ConnectionRules, identity: TLSIdentity?, takesH2C: Bool,
        counters: DeliveryCounters, logger: Logger
    ) {
        http1 = GuardedHTTP1(responder, rules: rules, counters: counters)
        http2 = HTTP2Channel(
            responder: responder.respond,
            configuration: .init(
                idleTimeout: .seconds(rules.idle_seconds), gracefulCloseTimeout: .seconds(5),
                streamConfiguration: GuardedHTTP1.configuration(rules: rules, counters: counters)))
        self.rules = rules
        self.counters = counters
        self.identity = identity
        self.takesH2C = takesH2C
        self.logger = logger
    }

    /// Prepares a connected channel of which `bytes` have been read. What it speaks may have to be waited for.
    func setUp(_ channel: any Channel, _ bytes: [UInt8]) -> EventLoopFuture<EventLoopFuture<Spoken>> {
        if let identity { return setUpTLS(channel, identity.current) }
        let isHTTP2 = takesH2C && bytes.starts(with: Self.preface.utf8)
        let spoken = isHTTP2 ? setUpHTTP2(channel) : setUpHTTP1(channel)
        return spoken.flatMapThrowing { spoken in
            try channel.pipeline.syncOperations.addHandler(Prelude(bytes), position: .first)
            return channel.eventLoop.makeSucceededFuture(spoken)
        }
    }

    /// Serves it to its end.
    func serve(_ spoken: Spoken) async {
        switch spoken {
        case .http1(let connection): await http1.handle(value: connection, logger: logger)
        case .http2(let connection):
            // Hummingbird's own settings allow a hundred.
            let settings = HTTP2Frame.FramePayload.settings(
                .settings([HTTP2Setting(parameter: .maxConcurrentStreams, value: Self.mostStreams)]))
            connection.channel.writeAndFlush(HTTP2Frame(streamID: .rootStream, payload: settings), promise: nil)
            await http2.handle(value: connection, logger: logger)
        }
    }

    private func setUpTLS(_ channel: any Channel, _ context: NIOSSLContext) -> EventLoopFuture<EventLoopFuture<Spoken>>
    {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(NIOSSLServerHandler(context: context))
            try pipeline.addHandler(HandshakeDeadline(.seconds(Int64(rules.head_seconds))))
            let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Spoken> { result in
                switch result {
                case .negotiated("h2"): setUpHTTP2(channel)
                case .negotiated, .fallback: setUpHTTP1(channel)
                }
            }
            try pipeline.addHandler(negotiation)
            return negotiation.protocolNegotiationResult
        }
    }

    private func setUpHTTP1(_ channel: any Channel) -> EventLoopFuture<Spoken> {
        http1.setup(channel: channel, logger: logger).map { .http1($0) }
    }

    private func setUpHTTP2(_ channel: any Channel) -> EventLoopFuture<Spoken> {
        channel.eventLoop.makeCompletedFuture { try VanishedWatch.add(to: channel, counters) }
            .flatMap { http2.setup(channel: channel, logger: logger) }
            .flatMapThrowing { connection in
                let pipeline = channel.pipeline.syncOperations
                let http2 = try pipeline.handler(type: NIOHTTP2Handler.self)
                try pipeline.addHandler(PingDeadline(), position: .after(http2))
                return .http2(connection)
            }
    }
}
