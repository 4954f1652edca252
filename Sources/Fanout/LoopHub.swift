import NIOCore
import ProjectSync
import Synchronization

/// One event loop's share of the subscribers.
///
/// Commands are taken from any thread into one inbox; the loop is woken once for all that gather meanwhile, and
/// carries them out in their order.
final class LoopHub: Sendable {
    enum Command: Sendable {
        case begin(Subscriber, Opening)
        case wait(Subscriber, since: String)
        case endUnknown(Subscriber)
        case publish(ProjectID, Publication, Chunk?)
        case stale(since: String, Chunk)
        case drain(retry: ClosedRange<Duration>)
        case remove(Subscriber)
    }

    let eventLoop: any EventLoop
    private let inbox = Mutex<(commands: [Command], isScheduled: Bool)>(([], false))
    private let streams: NIOLoopBound<LoopStreams>

    /// To be called on the event loop.
    init(_ eventLoop: any EventLoop, heartbeat_seconds: Int, counters: DeliveryCounters) {
        self.eventLoop = eventLoop
        let streams = LoopStreams(heartbeat_seconds: heartbeat_seconds, counters: counters)
        self.streams = NIOLoopBound(streams, eventLoop: eventLoop)
        let bound = self.streams
        eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in bound.value.beat() }
    }

    func submit(_ command: Command) {
        let isFirst = inbox.withLock { inbox in
            inbox.commands.append(command)
            defer { inbox.isScheduled = true }
            return !inbox.isScheduled
        }
        if isFirst { eventLoop.execute { self.carryOut() } }
    }

    func attach(_ subscriber: Subscriber, to channel: any Channel) async throws {
        try await eventLoop.submit { [self] in
            carryOut()
            try ChannelOutlet.attach(to: channel, streams.value.stream(subscriber), streams.value.counters)
        }.get()
    }

    private func carryOut() {
        let commands = inbox.withLock { inbox in
            let commands = inbox.commands
            inbox = ([], false)
            return commands
        }
        for command in commands { streams.value.carryOut(command) }
    }
}
