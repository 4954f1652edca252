import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import ProjectSync
import Synchronization

/// A stream's way over a NIO channel: below its HTTP/1 encoder, which has written the response's head, or as the contents
/// of an HTTP/2 stream.
///
/// For connections that are not the reactor's own. The reactor gives it bytes and waits, as for a full socket, until the
/// channel has taken them.
package final class ChannelOutlet: Sendable {
    /// How the cache answered the request for a stream.
    package enum Decision: Sendable {
        case opened
        case refused(StreamRefusal)
    }

    private struct State {
        var key: ConnectionKey?
        var queue: [ByteBuffer] = []
        var isEnded = false
    }

    private let reactor: Reactor
    private let eventLoop: any EventLoop
    private let decision: EventLoopPromise<Decision>
    private let ended: EventLoopPromise<Void>
    private let state = Mutex(State())
    private let handler: NIOLoopBoundBox<OutletHandler?>

    init(_ reactor: Reactor, on eventLoop: any EventLoop) {
        self.reactor = reactor
        self.eventLoop = eventLoop
        decision = eventLoop.makePromise()
        ended = eventLoop.makePromise()
        handler = .makeEmptyBox(eventLoop: eventLoop)
    }

    // What the response calls.

    /// Waits until it is known whether there is a stream.
    package func decided() async throws -> Decision {
        try await decision.futureResult.get()
    }

    /// Serves the stream over `channel`, whose response head has been written, until one side ends it.
    package func serve(over channel: any Channel) async throws {
        try await eventLoop.submit { [self] in
            guard channel.isActive else { return hangUp() }
            let pipeline = channel.pipeline.syncOperations
            let encoder = try? pipeline.handler(type: HTTPResponseEncoder.self)
            let handler = OutletHandler(isChunked: encoder != nil) { [self] in hangUp() }
            if let encoder {
                try pipeline.addHandler(handler, position: .before(encoder))
            } else {
                try pipeline.addHandler(handler)
                // Not every handler before it passes on that the channel is inactive.
                channel.closeFuture.whenComplete { [self] _ in hangUp() }
            }
            self.handler.value = handler
            try? pipeline.handler(type: InputEnd.self).whenCome { [self] in hangUp() }
            flush()
        }.get()
        try await ended.futureResult.get()
    }

    /// To be called once, whatever happened to the stream.
    package func hangUp() {
        decision.succeed(.refused(.unknownProject))
        ended.succeed(())
        if let key = state.withLock({ $0.key }) { reactor.submit(.hangUp(key)) }
    }

    // What the reactor calls.

    func bear(_ key: ConnectionKey) {
        state.withLock { $0.key = key }
    }

    func decide(_ decision: Decision) {
        self.decision.succeed(decision)
    }

    func write(_ buffers: [ByteBuffer]) {
        state.withLock { $0.queue += buffers }
        eventLoop.execute { self.flush() }
    }

    func end() {
        state.withLock { $0.isEnded = true }
        eventLoop.execute { self.flush() }
    }

    /// On the event loop.
    private func flush() {
        guard let handler = handler.value else {
            if state.withLock({ $0.isEnded }) { decision.succeed(.refused(.unknownProject)) }
            return
        }
        let (buffers, key, isEnded) = state.withLock { state in
            defer { state.queue = [] }
            return (state.queue, state.key, state.isEnded)
        }
        if let key, !buffers.isEmpty {
            handler.write(buffers) { [reactor] in reactor.submit(.taken(key)) }
        }
        if isEnded {
            handler.end()
            ended.succeed(())
        }
    }
}

/// Where an outlet's bytes enter the channel's pipeline, and where it notices that the client is gone.
final class OutletHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    /// nil where the chunks go out as they are.
    private var unchunker: Unchunker?
    /// Has the outlet, which has this: to be let go at the end.
    private var onClose: (() -> Void)?
    private var context: ChannelHandlerContext?

    init(isChunked: Bool, onClose: @escaping () -> Void) {
        unchunker = isChunked ? nil : Unchunker()
        self.onClose = onClose
    }

    /// Writes and flushes; calls back once the socket has taken all.
    func write(_ buffers: [ByteBuffer], _ onTaken: @escaping @Sendable () -> Void) {
        guard let context else { return }
        let parts =
            unchunker?.take(buffers).map { NIOAny(HTTPResponsePart.body($0)) } ?? buffers.map { NIOAny($0) }
        guard let last = parts.last else { return }
        for part in parts.dropLast() { context.write(part, promise: nil) }
        context.writeAndFlush(last).whenSuccess(onTaken)
    }

    func end() {
        guard let context else { return }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        onClose = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        onClose?()
        context.fireChannelInactive()
    }
}
