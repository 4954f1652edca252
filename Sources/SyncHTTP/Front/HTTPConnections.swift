import Fanout
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
    private let rules: ConnectionRules
    private let identity: TLSIdentity?
    private let takesH2C: Bool
    private let logger: Logger
    private let arrivals: AsyncStream<Arrival>
    private let arrival: AsyncStream<Arrival>.Continuation
    private struct Open {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
    }

    private let open = Mutex(Open())

    /// With an `identity` all connections begin with a TLS handshake; without one `takesH2C` says whether clients may
    /// begin with HTTP/2.
    package init(
        on group: any EventLoopGroup, rules: ConnectionRules, identity: TLSIdentity? = nil, takesH2C: Bool = false,
        logger: Logger
    ) {
        self.group = group
        self.rules = rules
        self.identity = identity
        self.takesH2C = takesH2C
        self.logger = logger
        (arrivals, arrival) = AsyncStream.makeStream()
    }

    /// Takes a connected socket, of which `bytes` have been read already.
    func adopt(_ descriptor: CInt, _ bytes: [UInt8]) {
        arrival.yield(Arrival(descriptor: descriptor, bytes: bytes))
    }

    /// Serves until all have ended that came before `close`.
    package func serve(_ responder: SyncResponder, _ counters: DeliveryCounters) async {
        let protocols = ConnectionProtocols(
            responder, rules: rules, identity: identity, takesH2C: takesH2C, counters: counters, logger: logger)
        await withDiscardingTaskGroup { tasks in
            for await arrival in arrivals {
                tasks.addTask { await self.serve(arrival, protocols) }
            }
        }
    }

    /// Nobody comes any more.
    package func close() {
        arrival.finish()
    }

    /// Who has nothing under way is disconnected, the others after their answer; so is who comes yet.
    package func drain() {
        let channels = open.withLock { open in
            open.isDraining = true
            return Array(open.channels.values)
        }
        for channel in channels { Self.quiesce(channel) }
    }

    private static func quiesce(_ channel: any Channel) {
        channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    private func serve(_ arrival: Arrival, _ protocols: ConnectionProtocols) async {
        do {
            let (channel, spoken) = try await ClientBootstrap(group: group)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .withConnectedSocket(arrival.descriptor) { channel in
                    protocols.setUp(channel, arrival.bytes).map { (channel, $0) }
                }
            let isDraining = open.withLock { open in
                open.channels[ObjectIdentifier(channel)] = channel
                return open.isDraining
            }
            defer { open.withLock { $0.channels[ObjectIdentifier(channel)] = nil } }
            if isDraining { Self.quiesce(channel) }
            await protocols.serve(try await spoken.get())
        } catch {
            logger.debug("a connection could not be served: \(error)")
        }
    }
}
