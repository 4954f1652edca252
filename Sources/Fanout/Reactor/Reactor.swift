import CLinux
import Glibc
import NIOCore
import NIOPosix
import ProjectSync
import Synchronization

/// A thread that owns sockets: it reads requests, answers what can be answered at once, and writes events.
///
/// Commands are taken from any thread into one inbox. The thread is woken once for all that gather meanwhile, and carries
/// them out in their order.
final class Reactor: Sendable {
    enum Command: Sendable {
        /// And when the oldest change in it was written, in microseconds, and what counts the streams that get it.
        case publish(ProjectID, Publication, Int64?, Handout?)
        case tell(MonitorWindow, Frame)
        case stale(since: String)
        // What a ticket waits for. A connection may bear another stream by now.
        case begin(ConnectionKey, Ticket, Opening)
        case wait(ConnectionKey, Ticket, since: String)
        case endUnknown(ConnectionKey, Ticket)
        /// A stream over a channel of HTTP's ordinary way.
        case open(Subscription, Subscriber, ChannelOutlet)
        /// What has become of a stream's right.
        case permit(ConnectionKey, any Permit, PermitState)
        /// The channel has taken what it was given.
        case taken(ConnectionKey)
        case hangUp(ConnectionKey)
        /// No new connection; streams end.
        case drain(retry: ClosedRange<Duration>)
    }

    private struct Inbox {
        var commands: [Command] = []
        var isAwake = false
    }

    let wakeup: CInt
    private let epoll: CInt
    private let inbox = Mutex(Inbox())

    init() throws {
        wakeup = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard wakeup >= 0, epoll >= 0 else { throw IOError(errnoCode: errno, reason: "epoll") }
    }

    /// Serves until it has drained; returns then.
    func run(_ house: House, on pool: NIOThreadPool) async throws {
        try await pool.runIfActive { [self] in
            scenesync_name_this_thread("fanout")
            ReactorLoop(self, house, epoll: epoll).run()
        }
    }

    func submit(_ command: Command) {
        let isFirst = inbox.withLock { inbox in
            inbox.commands.append(command)
            defer { inbox.isAwake = true }
            return !inbox.isAwake
        }
        guard isFirst else { return }
        var one: UInt64 = 1
        _ = write(wakeup, &one, 8)
    }

    /// The thread's own: what has gathered.
    func take() -> [Command] {
        inbox.withLock { inbox in
            defer { inbox.commands = [] }
            return inbox.commands
        }
    }

    /// The thread's own: whether nothing is left to carry out. From then on the next command wakes it.
    func mayWait() -> Bool {
        inbox.withLock { inbox in
            inbox.isAwake = !inbox.commands.isEmpty
            return inbox.commands.isEmpty
        }
    }

    /// The thread's own: it is awake and will look, so nobody needs to wake it.
    func wake() {
        inbox.withLock { $0.isAwake = true }
    }
}

/// What the reactors of a daemon have in common.
struct House: Sendable {
    let socket: ListeningSocket
    let makeDesk: @Sendable () -> any FrontDesk
    let cache: ProjectCache
    let counters: DeliveryCounters
    let witness: (any Witness)?
    let limit: Int
    let quota: SubscriberQuota
    let heartbeat_seconds: Int
    let rules: ConnectionRules
}
