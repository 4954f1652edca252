import NIOCore

/// Notices that a client will send nothing more, which may be before there is a stream to end.
package final class InputEnd: ChannelInboundHandler {
    package typealias InboundIn = Any

    private var hasCome = false
    private var onCome: (() -> Void)?

    package init() {}

    /// Calls it once, at once if the end has come already.
    func whenCome(_ onCome: @escaping () -> Void) {
        if hasCome { onCome() } else { self.onCome = onCome }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            hasCome = true
            onCome?()
            onCome = nil
        }
        context.fireUserInboundEventTriggered(event)
    }
}
