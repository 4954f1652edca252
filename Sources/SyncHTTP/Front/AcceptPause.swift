import Fanout
import NIOCore

/// Rests for a second where no connection should be accepted, or none can be, as the reactors do.
///
/// NIO's own pause keeps a server's socket in epoll unless another connection was accepted in the same turn: where there
/// is no descriptor at all left it spins.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let rest = TimeAmount.seconds(1)

    private var isResting = false

    func channelReadComplete(context: ChannelHandlerContext) {
        if SpareDescriptors.areNext { pause(context) }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is IOError { pause(context) }
        context.fireErrorCaught(error)
    }

    private func pause(_ context: ChannelHandlerContext) {
        guard !isResting else { return }
        isResting = true
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        let this = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.rest) {
            let (this, context) = this.value
            this.isResting = false
            if SpareDescriptors.areNext { return this.pause(context) }
            try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }
}
