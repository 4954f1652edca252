import NIOCore
import ProjectSync
import Synchronization

/// Hands each publication, encoded once, to every event loop that has subscribers.
package final class Hub: Audience {
    package let counters: DeliveryCounters
    private let loops: [ObjectIdentifier: LoopHub]
    private let nextNumber = Atomic<UInt64>(0)
    private let limit: Int

    private init(loops: [LoopHub], counters: DeliveryCounters, limit: Int) {
        self.loops = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        self.limit = limit
        self.counters = counters
    }

    /// A hub for the loops of `group`; `limit` is the most subscribers at one time.
    package static func start(
        on group: any EventLoopGroup, heartbeat_seconds: Int, limit: Int
    ) async throws -> Hub {
        let counters = DeliveryCounters()
        var loops: [LoopHub] = []
        for eventLoop in group.makeIterator() {
            let hub = try await eventLoop.submit {
                LoopHub(eventLoop, heartbeat_seconds: heartbeat_seconds, counters: counters)
            }.get()
            loops.append(hub)
        }
        return Hub(loops: loops, counters: counters, limit: limit)
    }

    /// A subscriber for a stream over a channel of `eventLoop`; nil where there are too many already.
    package func subscriber(
        of project: ProjectID, _ request: StreamRequest, cache: ProjectCache, on eventLoop: any EventLoop
    ) -> Subscriber? {
        guard let loop = loops[ObjectIdentifier(eventLoop)] else { return nil }
        let (old, count) = counters.subscribers.wrappingAdd(1, ordering: .relaxed)
        guard old < limit, count > 0 else {
            counters.subscribers.wrappingSubtract(1, ordering: .relaxed)
            return nil
        }
        let number = nextNumber.wrappingAdd(1, ordering: .relaxed).newValue
        return Subscriber(number, project: project, request: request, cache: cache, loop: loop)
    }

    /// Ends the subscriber; to be called once for each that was made.
    package func release(_ subscriber: Subscriber) {
        subscriber.close()
        counters.subscribers.wrappingSubtract(1, ordering: .relaxed)
    }

    package func publish(_ publication: Publication, of project: ProjectID) {
        let frame: Frame? =
            switch publication {
            case .scenes(let events, let revision, _): .scenes(events, of: project, revision: revision)
            case .snapshot(let body, _): .snapshot(body)
            case .ready, .deleted: nil
            }
        let chunk = frame.map { Chunk($0) }
        for loop in loops.values { loop.submit(.publish(project, publication, chunk)) }
    }

    package func announceStale(since: String) {
        let chunk = Chunk(.stale(since: since))
        for loop in loops.values { loop.submit(.stale(since: since, chunk)) }
    }

    /// Ends every stream; clients come back after a time of their own from `retry`.
    package func drain(retry: ClosedRange<Duration>) {
        for loop in loops.values { loop.submit(.drain(retry: retry)) }
    }
}
