import Fanout
import NIOCore
import Synchronization

/// Ends a connection of HTTP's ordinary way whose other end has vanished without a word, as the reactors do with theirs.
final class VanishedWatch: ChannelInboundHandler {
    typealias InboundIn = Any

    private let counters: DeliveryCounters
    private var look: RepeatedTask?

    init(_ counters: DeliveryCounters) {
        self.counters = counters
    }

    /// The connection is closed below what else is in its pipeline: there is nobody to take leave of.
    static func add(to channel: any Channel, _ counters: DeliveryCounters) throws {
        try channel.pipeline.syncOperations.addHandler(VanishedWatch(counters), position: .first)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let period = TimeAmount.seconds(Int64(PeerSilence.period_seconds))
        look = context.eventLoop.scheduleRepeatedTask(initialDelay: period, delay: period) { [counters] _ in
            let context = bound.value
            let silence = try context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
                of: NIOBSDSocket.Handle.self
            ) { PeerSilence(of: $0) }
            guard silence??.isForEver == true else { return }
            counters.vanished.wrappingAdd(1, ordering: .relaxed)
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        look?.cancel()
    }
}
