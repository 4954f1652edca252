import NIOCore

/// Rests for a second where a connection cannot be accepted, as the reactors do.
///
/// NIO's own pause keeps a server's socket in epoll unless another connection was accepted in the same turn: where there
/// is no descriptor at all left it spins.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let rest = TimeAmount.seconds(1)

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is IOError {
            let channel = context.channel
            try? channel.syncOptions?.setOption(.autoRead, value: false)
            context.eventLoop.scheduleTask(in: Self.rest) {
                try? channel.syncOptions?.setOption(.autoRead, value: true)
            }
        }
        context.fireErrorCaught(error)
    }
}
