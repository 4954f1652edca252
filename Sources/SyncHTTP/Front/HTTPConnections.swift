import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The connections that HTTP's ordinary way serves: whole requests, whatever they are, by Hummingbird.
package final class HTTPConnections: Sendable {
    private struct Arrival: Sendable {
        let descriptor: CInt
        let bytes: [UInt8]
    }

    private let group: any EventLoopGroup
    private let logger: Logger
    private let arrivals: AsyncStream<Arrival>
    private let arrival: AsyncStream<Arrival>.Continuation
    private struct Open {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
    }

    private let open = Mutex(Open())

    package init(on group: any EventLoopGroup, logger: Logger) {
        self.group = group
        self.logger = logger
        (arrivals, arrival) = AsyncStream.makeStream()
    }

    /// Takes a connected socket, of which `bytes` have been read already.
    func adopt(_ descriptor: CInt, _ bytes: [UInt8]) {
        arrival.yield(Arrival(descriptor: descriptor, bytes: bytes))
    }

    /// Serves until all have ended that came before `drain`. `idle_seconds`: how long a connection may say nothing.
    package func serve(_ responder: SyncResponder, idle_seconds: Int) async {
        let http = HTTP1Channel(
            responder: responder.respond, configuration: .init(idleTimeout: .seconds(Int64(idle_seconds))))
        await withDiscardingTaskGroup { tasks in
            for await arrival in arrivals {
                tasks.addTask { await self.serve(arrival, http) }
            }
        }
    }

    /// Nobody comes any more; who has nothing under way is disconnected, the others after their answer.
    package func drain() {
        arrival.finish()
        let channels = open.withLock { open in
            open.isDraining = true
            return Array(open.channels.values)
        }
        for channel in channels { Self.quiesce(channel) }
    }

    private static func quiesce(_ channel: any Channel) {
        channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    private func serve(_ arrival: Arrival, _ http: HTTP1Channel) async {
        do {
            let connection = try await ClientBootstrap(group: group)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .withConnectedSocket(arrival.descriptor) { [logger] channel in
                    http.setup(channel: channel, logger: logger).flatMapThrowing { connection in
                        try channel.pipeline.syncOperations.addHandler(Prelude(arrival.bytes), position: .first)
                        return connection
                    }
                }
            let channel = connection.channel
            let isDraining = open.withLock { open in
                open.channels[ObjectIdentifier(channel)] = channel
                return open.isDraining
            }
            if isDraining { Self.quiesce(channel) }
            await http.handle(value: connection, logger: logger)
            open.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
        } catch {
            logger.debug("a connection could not be served: \(error)")
        }
    }
}

/// Puts what has been read already before all that is read later.
private final class Prelude: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: bytes)))
        context.fireChannelReadComplete()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
