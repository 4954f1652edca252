import Fanout
import HummingbirdCore
import Logging
import NIOCore

/// HTTP/1.1 as Hummingbird serves it, behind the guard that lets only well-formed requests through.
struct GuardedHTTP1: ServerChildChannel {
    private let http1: HTTP1Channel
    private let rules: ConnectionRules
    private let counters: DeliveryCounters

    init(_ responder: SyncResponder, rules: ConnectionRules, counters: DeliveryCounters) {
        http1 = HTTP1Channel(
            responder: responder.respond, configuration: Self.configuration(rules: rules, counters: counters))
        self.rules = rules
        self.counters = counters
    }

    /// Of a connection over HTTP/1.1, and of a stream over HTTP/2.
    static func configuration(rules: ConnectionRules, counters: DeliveryCounters) -> HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [RequestWatch(rules, counters)],
            idleTimeout: .seconds(Int64(rules.idle_seconds)),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: rules.head_bytes, maxHeaderListSize: rules.head_bytes))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            try VanishedWatch.add(to: channel, counters)
            try channel.pipeline.syncOperations.addHandlers(LastWords(rules), InputEnd(), RequestGuard(rules))
        }.flatMap {
            http1.setup(channel: channel, logger: logger)
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await http1.handle(value: value, logger: logger)
    }
}
