import Fanout
import NIOCore

/// Stands before the parser of a connection over HTTP/1.1: it lets whole heads and well-formed bodies through, and refuses
/// the rest, in its place among the answers.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = Any
    typealias OutboundOut = Any

    /// Tells the guard that a request has been refused behind it: nothing more is to be let through.
    struct Refused: Sendable {}

    /// How long a client may go on sending after its request has been refused. Who is cut off at once may lose the answer.
    private static let lingering = TimeAmount.seconds(5)

    private let rules: ConnectionRules
    private var framer: RequestFramer
    private var input = ByteBuffer()
    private var isRefused = false
    private var hasSaidAll = false
    private var deadline: Scheduled<Void>?

    init(_ rules: ConnectionRules) {
        self.rules = rules
        framer = RequestFramer(rules)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        var more = unwrapInboundIn(data)
        if input.readableBytes == 0 {
            input = more
        } else {
            // What has been passed on would be kept as long as something is always left.
            input.discardReadBytes()
            input.writeBuffer(&more)
        }
        passOn(context)
    }

    private func passOn(_ context: ChannelHandlerContext) {
        while !isRefused {
            switch framer.next(&input) {
            case .pass(let part):
                deadline?.cancel()
                deadline = nil
                context.fireChannelRead(wrapInboundOut(part))
            case .wait: return watchHead(context)
            case .refuse(let refusal): refuse(refusal, context)
            }
        }
    }

    /// A head may take its time, but only once.
    private func watchHead(_ context: ChannelHandlerContext) {
        guard framer.isBetween, input.readableBytes > 0 else {
            deadline?.cancel()
            deadline = nil
            return
        }
        guard deadline == nil else { return }
        let this = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: .seconds(Int64(rules.head_seconds))) {
            let (this, context) = this.value
            this.refuse(.tooSlow, context)
        }
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        guard !isRefused else { return }
        let isBetween = framer.isBetween
        let origin = isBetween ? input.withUnsafeReadableBytes { HeadLines.origin(in: $0) } : nil
        stop()
        if isBetween, let watch = try? context.pipeline.syncOperations.handler(type: RequestWatch.self) {
            watch.refuse(refusal, origin: origin)
        } else {
            context.fireErrorCaught(refusal)
        }
    }

    private func stop() {
        isRefused = true
        input = ByteBuffer()
        deadline?.cancel()
        deadline = nil
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is Refused else { return context.triggerUserOutboundEvent(event, promise: promise) }
        stop()
        promise?.succeed(())
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            if isRefused, hasSaidAll { context.close(promise: nil) }
            if !isRefused, input.readableBytes > 0 { refuse(.malformed("The request has not arrived whole."), context) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard isRefused, mode != .input, !hasSaidAll else { return context.close(mode: mode, promise: promise) }
        hasSaidAll = true
        context.close(mode: .output, promise: mode == .output ? promise : nil)
        if mode == .all { context.channel.closeFuture.cascade(to: promise) }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.lingering) { bound.value.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
    }
}
