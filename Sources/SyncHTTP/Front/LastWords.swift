import Fanout
import NIOCore

/// Has all leave that was written before its connection is closed: NIO drops what the socket has not taken by then.
///
/// Who takes nothing for as long as an idle connection is kept loses the rest.
final class LastWords: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let patience: TimeAmount
    private var leaving: EventLoopFuture<Void>?
    private var look: RepeatedTask?
    /// How many bytes the socket had still to take at the last look.
    private var left_bytes = 0

    init(_ rules: ConnectionRules) {
        patience = .seconds(Int64(rules.idle_seconds))
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode != .input else { return context.close(mode: mode, promise: promise) }
        let leaving = leaving ?? leave(context)
        self.leaving = leaving
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        leaving.whenComplete { _ in bound.value.close(mode: mode, promise: promise) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        look?.cancel()
    }

    private func leave(_ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        let promise = context.eventLoop.makePromise(of: Void.self)
        // Nothing, behind everything.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
        left_bytes = Self.left_bytes(context)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        look = context.eventLoop.scheduleRepeatedTask(initialDelay: patience, delay: patience) { _ in
            let (this, context) = bound.value
            let left_bytes = Self.left_bytes(context)
            if left_bytes == this.left_bytes { context.close(promise: nil) }
            this.left_bytes = left_bytes
        }
        return promise.futureResult
    }

    private static func left_bytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
