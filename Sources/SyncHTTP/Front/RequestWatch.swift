import Fanout
import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Watches the requests of a connection over HTTP/1.1, or of a stream over HTTP/2: a body has to come at some pace, and to
/// end in time.
final class RequestWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Every body has this long, and a second more for each of so many bytes.
    private static let patience = TimeAmount.seconds(20)
    private static let pace_bytes = 1_000
    /// Beyond the limit, which whoever reads the body answers for.
    private static let slack_bytes = 64 << 10

    private let rules: ConnectionRules
    private let counters: DeliveryCounters
    private var context: ChannelHandlerContext?
    private var body_bytes = 0
    private var began: NIODeadline?
    private var deadline: Scheduled<Void>?
    private var isRefused = false

    init(_ rules: ConnectionRules, _ counters: DeliveryCounters) {
        self.rules = rules
        self.counters = counters
    }

    /// Has the refusal answered when its turn has come. A request that no client could have sent stands for it.
    func refuse(_ refusal: Refusal, origin: String?) {
        guard let context, !isRefused else { return }
        count(refusal)
        isRefused = true
        context.fireChannelRead(wrapInboundOut(.head(refusal.request(of: origin))))
        context.fireChannelRead(wrapInboundOut(.end(nil)))
        context.fireChannelReadComplete()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        switch unwrapInboundIn(data) {
        case .head:
            body_bytes = 0
            began = .now()
        case .body(let part):
            body_bytes += part.readableBytes
            guard body_bytes <= rules.body_bytes + Self.slack_bytes else {
                return breakOff(.bodyTooLarge)
            }
        case .end:
            began = nil
            deadline?.cancel()
            deadline = nil
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if let began, deadline == nil { watch(until: began + Self.patience) }
        context.fireChannelReadComplete()
    }

    private func watch(until end: NIODeadline) {
        guard let context else { return }
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(deadline: end) { this.value.judge() }
    }

    private func judge() {
        deadline = nil
        guard let began else { return }
        let end = began + Self.patience + .seconds(Int64(body_bytes / Self.pace_bytes))
        if .now() < end { watch(until: end) } else { breakOff(.tooSlow) }
    }

    /// In the middle of a request: who reads its body hears of it.
    private func breakOff(_ refusal: Refusal) {
        guard let context, !isRefused else { return }
        count(refusal)
        isRefused = true
        began = nil
        context.triggerUserOutboundEvent(RequestGuard.Refused(), promise: nil)
        context.fireErrorCaught(refusal)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let refusal = error as? Refusal, !isRefused {
            count(refusal)
            isRefused = true
        }
        context.fireErrorCaught(error)
    }

    private func count(_ refusal: Refusal) {
        if refusal == .tooSlow {
            counters.slowRequests.wrappingAdd(1, ordering: .relaxed)
        } else {
            counters.requestsRefused.wrappingAdd(1, ordering: .relaxed)
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        deadline?.cancel()
        deadline = nil
    }
}
