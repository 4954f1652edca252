import NIOCore
import NIOPosix
import ProjectSync
import Synchronization

/// Hands each publication to every reactor, and has them serve.
package final class Hub: Audience {
    package let counters = DeliveryCounters()
    private let reactors: [Reactor]
    private let nextReactor = Atomic<Int>(0)
    private let limit: Int
    private let quota: SubscriberQuota
    private let heartbeat_seconds: Int
    private let witness: (any Witness)?

    /// `limit` is the most subscribers at one time, `quota` bounds those of each client; `witness` hears of each frame that
    /// has left.
    package init(
        reactors: Int, heartbeat_seconds: Int, limit: Int, quota: SubscriberQuota = SubscriberQuota(),
        witness: (any Witness)? = nil
    ) throws {
        self.witness = witness
        self.reactors = try (0..<reactors).map { _ in try Reactor() }
        self.heartbeat_seconds = heartbeat_seconds
        self.limit = limit
        self.quota = quota
    }

    /// Serves those who connect to `socket`, until the hub has drained.
    package func serve(
        _ socket: ListeningSocket, cache: ProjectCache, rules: ConnectionRules,
        desk: @escaping @Sendable () -> any FrontDesk
    ) async throws {
        let house = House(
            socket: socket, makeDesk: desk, cache: cache, counters: counters, witness: witness, limit: limit,
            quota: quota, heartbeat_seconds: heartbeat_seconds, rules: rules)
        let pool = NIOThreadPool(numberOfThreads: reactors.count)
        pool.start()
        try await withThrowingTaskGroup { tasks in
            for reactor in reactors {
                tasks.addTask { try await reactor.run(house, on: pool) }
            }
            try await tasks.waitForAll()
        }
        try await pool.shutdownGracefully()
    }

    /// Opens a stream over a channel of `eventLoop`. Each is to be hung up.
    package func open(
        _ subscription: Subscription, for subscriber: Subscriber, on eventLoop: any EventLoop
    ) -> ChannelOutlet {
        let turn = nextReactor.wrappingAdd(1, ordering: .relaxed).newValue
        let reactor = reactors[turn % reactors.count]
        let outlet = ChannelOutlet(reactor, on: eventLoop)
        reactor.submit(.open(subscription, subscriber, outlet))
        return outlet
    }

    /// Sends the newest of the monitor to its streams, encoded here once for all of them.
    package func tell(_ frame: Frame, to window: MonitorWindow) {
        for reactor in reactors { reactor.submit(.tell(window, frame)) }
    }

    package func publish(
        _ publication: Publication, of project: ProjectID, writtenAt_microseconds: Int64?, handout: Handout?
    ) {
        for reactor in reactors { reactor.submit(.publish(project, publication, writtenAt_microseconds, handout)) }
    }

    package func announceStale(since: String) {
        for reactor in reactors { reactor.submit(.stale(since: since)) }
    }

    /// Takes no new connection and ends every stream; clients come back after a time of their own from `retry`.
    package func drain(retry: ClosedRange<Duration>) {
        for reactor in reactors { reactor.submit(.drain(retry: retry)) }
    }
}
