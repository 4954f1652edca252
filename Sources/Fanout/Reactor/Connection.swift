import Glibc
import NIOCore
import ProjectSync

/// Names a connection of one reactor as long as it is open; one that takes its place later has another key.
struct ConnectionKey: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32

    init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    /// As epoll keeps it.
    init(_ bits: UInt64) {
        self.init(index: UInt32(truncatingIfNeeded: bits), generation: UInt32(truncatingIfNeeded: bits >> 32))
    }

    var bits: UInt64 { UInt64(generation) << 32 | UInt64(index) }

    /// Of the connections each has its turn once in `period` seconds: whether this one's has come by `second`, after the
    /// tick `passed` seconds before.
    func hasTurn(every period: UInt32, at second: UInt32, since passed: UInt32) -> Bool {
        (second % period + period - index % period) % period < passed
    }
}

/// What the reactor knows of one connection. There may be tens of thousands: no object but where something is waited for.
struct Connection {
    /// Where its bytes go: a socket of our own, or the channel of one that HTTP's ordinary way serves.
    enum Way {
        case socket(CInt)
        case channel(ChannelOutlet)
        /// It has none: it is the part of a joint stream at this place.
        case part(JointStream, Int)
    }

    let way: Way
    /// The other end.
    let peer: ClientAddress
    /// What has been read of a request.
    var input: [UInt8] = []
    /// The reactor's second in which that began.
    var inputSince: UInt32 = 0
    var unsent: Unsent?
    /// Whether it ends as soon as nothing is unsent.
    var isClosing = false
    /// Whether something was sent during a stream, which nobody reads: what follows on it could not be told apart.
    var isUnheard = false
    var stream: EventStream?
    var joint: JointStream?
    var monitor: MonitorStream?
    /// The stream's place among its client's.
    var seat: SubscriberQuota.Seat?
    /// The reactor's second in which the client last said or took something.
    var lastActive: UInt32

    init(_ way: Way, from peer: ClientAddress = .unknown, now: UInt32) {
        self.way = way
        self.peer = peer
        lastActive = now
    }

    var isPart: Bool {
        if case .part = way { true } else { false }
    }

    /// Whether events are sent on it, and no request is expected.
    var isStream: Bool { stream != nil || joint != nil || monitor != nil }

    var terms: StreamTerms? { stream?.terms ?? joint?.members.first?.terms ?? monitor?.terms }

    /// The reactor's second in which its right to a stream is looked at again.
    var checksAt: UInt32? {
        get { stream?.checksAt ?? monitor?.checksAt }
        set {
            stream?.checksAt = newValue ?? .max
            monitor?.checksAt = newValue ?? .max
        }
    }

    /// Whether its response's head has left.
    var isOpen: Bool { stream?.isOpen ?? joint?.isOpen ?? (monitor != nil) }
}
