import Glibc
import NIOCore
import NIOHTTP1
import Synchronization

/// Writes chunks to a NIO channel, below its HTTP/1 encoder, which has written the response's head.
final class ChannelOutlet: ChannelInboundHandler, RemovableChannelHandler, Outlet {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let sendBuffer_bytes: ChannelOptions.Types.SocketOption.Value = 128 << 10

    private let stream: EventStream
    private let counters: DeliveryCounters
    private var context: ChannelHandlerContext?

    private init(_ stream: EventStream, _ counters: DeliveryCounters) {
        self.stream = stream
        self.counters = counters
    }

    static func attach(to channel: any Channel, _ stream: EventStream, _ counters: DeliveryCounters) throws {
        let outlet = ChannelOutlet(stream, counters)
        try bound(channel)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(outlet, position: .before(pipeline.handler(type: HTTPResponseEncoder.self)))
        guard channel.isActive else { return stream.abandon() }
        stream.attach(outlet)
    }

    /// Keeps the kernel from buffering megabytes for a reader that does not read, and finds peers that are gone: their
    /// kernels answer no probe. Not by TCP_USER_TIMEOUT, which would also end readers that are only slow (tcp(7)).
    private static func bound(_ channel: any Channel) throws {
        let options = channel.syncOptions
        try options?.setOption(.socketOption(.so_sndbuf), value: sendBuffer_bytes)
        try options?.setOption(.socketOption(.so_keepalive), value: 1)
        try options?.setOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 15)
        try options?.setOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 5)
        try options?.setOption(.tcpOption(.init(rawValue: TCP_KEEPCNT)), value: 3)
    }

    var isWritable: Bool {
        context?.channel.isWritable ?? false
    }

    func write(_ chunks: [Chunk]) {
        guard let context else { return }
        var size = 0
        for chunk in chunks {
            for buffer in chunk.buffers {
                size += buffer.readableBytes
                context.write(wrapOutboundOut(buffer), promise: nil)
            }
        }
        context.flush()
        counters.writes.wrappingAdd(chunks.count, ordering: .relaxed)
        counters.bytes.wrappingAdd(size, ordering: .relaxed)
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
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { stream.catchUp() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { stream.abandon() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stream.abandon()
        context.fireChannelInactive()
    }
}
