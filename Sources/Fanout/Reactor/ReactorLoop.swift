import CLinux
import Glibc
import ProjectSync
import Synchronization

/// The inside of a reactor, which never leaves its thread.
final class ReactorLoop {
    /// Generations begin at 1, so no connection has these keys.
    private static let wakeup = ConnectionKey(index: 0, generation: 0)
    private static let listening = ConnectionKey(index: 1, generation: 0)

    let reactor: Reactor
    let house: House
    let epoll: CInt
    let desk: any FrontDesk
    let connections = ConnectionTable()
    var topics: [ProjectID: Topic] = [:]
    /// Topics for which something has gathered.
    var gathering: [Topic] = []
    /// What has left in this turn.
    var deliveries: [Delivery] = []
    var monitors: [MonitorWindow: Set<ConnectionKey>] = [:]
    /// When the database was lost, as streams are told.
    var staleSince = ""
    var isDraining = false
    /// The monotonic clock's second of the last tick, and the wall clock's.
    private(set) var second = ReactorLoop.now.second
    /// From the tick before that to the last: more than one where a turn was long.
    private(set) var passed_seconds: UInt32 = 1
    private(set) var wallSecond = WallTime.now.seconds
    let heartbeat = Parcel(Chunk(.heartbeat).buffers)
    /// What is read, before it is looked at.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var isAccepting = false

    init(_ reactor: Reactor, _ house: House, epoll: CInt) {
        self.reactor = reactor
        self.house = house
        self.epoll = epoll
        desk = house.makeDesk()
    }

    deinit {
        scratch.deallocate()
    }

    /// Ends when it has drained: nobody is left to serve, and nobody comes.
    func run() {
        watch(reactor.wakeup, Self.wakeup, EPOLL_CTL_ADD, EPOLLIN)
        acceptAgain()
        var events = [epoll_event](repeating: epoll_event(), count: 512)
        while !isDraining || connections.count > 0 {
            let timeout = reactor.mayWait() ? Self.now.untilNext_milliseconds : 0
            let ready = epoll_wait(epoll, &events, CInt(events.count), timeout)
            reactor.wake()
            let start = ContinuousClock.now
            for event in events.prefix(Int(max(ready, 0))) { serve(event) }
            for command in reactor.take() { carryOut(command) }
            flush()
            tick()
            count(since: start)
        }
    }

    private func serve(_ event: epoll_event) {
        let key = ConnectionKey(event.data.u64)
        switch key {
        case Self.wakeup:
            var count: UInt64 = 0
            _ = read(reactor.wakeup, &count, 8)
        case Self.listening:
            accept()
        default:
            serve(key, event.events)
        }
    }

    private func carryOut(_ command: Reactor.Command) {
        switch command {
        case .publish(let project, let publication, let writtenAt, let handout):
            guard let topic = topics[project] else { return }
            topic.note(writtenAt: writtenAt, handout)
            hear(publication, on: topic)
        case .tell(let window, let frame): tell(frame, to: window)
        case .stale(let since): hearStale(since: since)
        case .begin(let key, let ticket, let opening): if isHeld(ticket, by: key) { begin(key, opening) }
        case .wait(let key, let ticket, let since): if isHeld(ticket, by: key) { wait(key, since: since) }
        case .endUnknown(let key, let ticket): if isHeld(ticket, by: key) { endUnknown(key) }
        case .open(let subscription, let subscriber, let outlet): open(subscription, for: subscriber, over: outlet)
        case .permit(let key, let permit, let state): hear(state, of: permit, key)
        case .taken(let key): taken(key)
        case .hangUp(let key): close(key)
        case .drain(let retry): drain(retry)
        }
    }

    // Connections that come.

    private func accept() {
        for _ in 0..<256 {
            var peer = sockaddr_storage()
            let descriptor = Self.accept(house.socket.descriptor, &peer)
            if descriptor >= 0 {
                welcome(descriptor, from: ClientAddress(peer))
                if SpareDescriptors.include(descriptor) { return rest() }
            } else if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) {
                return rest()
            } else if errno != ECONNABORTED && errno != EINTR {
                return
            }
        }
    }

    private static func accept(_ socket: CInt, _ peer: inout sockaddr_storage) -> CInt {
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &peer) { peer in
            peer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                accept4(socket, $0, &length, CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
            }
        }
    }

    private func welcome(_ descriptor: CInt, from peer: ClientAddress) {
        if house.rules.isSecure { return desk.adopt(descriptor, []) }
        let key = connections.add(Connection(.socket(descriptor), from: peer, now: second))
        watch(descriptor, key, EPOLL_CTL_ADD, EPOLLIN)
    }

    /// The backlog stays readable, and would be looked at again and again: a second's pause instead.
    private func rest() {
        watch(house.socket.descriptor, Self.listening, EPOLL_CTL_DEL, EPOLLIN)
        isAccepting = false
    }

    private func acceptAgain() {
        guard !isAccepting, !isDraining, !SpareDescriptors.areNext else { return }
        isAccepting = true
        // Of several reactors one is woken.
        let exclusive = EPOLLEXCLUSIVE.rawValue
        watch(house.socket.descriptor, Self.listening, EPOLL_CTL_ADD, EPOLL_EVENTS(EPOLLIN.rawValue | exclusive))
    }

    func watch(_ descriptor: CInt, _ key: ConnectionKey, _ operation: CInt, _ events: EPOLL_EVENTS) {
        var event = epoll_event(events: events.rawValue, data: epoll_data_t(u64: key.bits))
        _ = epoll_ctl(epoll, operation, descriptor, &event)
    }

    // Time.

    private static var now: (second: UInt32, untilNext_milliseconds: CInt) {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return (UInt32(truncatingIfNeeded: now.tv_sec), CInt(1_000 - now.tv_nsec / 1_000_000))
    }

    private func tick() {
        let now = Self.now.second
        guard now != second else { return }
        passed_seconds = now &- second
        second = now
        wallSecond = WallTime.now.seconds
        acceptAgain()
        for key in connections.keys { beat(key) }
    }

    private func count(since start: ContinuousClock.Instant) {
        let took = (ContinuousClock.now - start).components
        house.counters.turns.wrappingAdd(1, ordering: .relaxed)
        house.counters.busy_nanoseconds.wrappingAdd(
            Int(took.seconds) * 1_000_000_000 + Int(took.attoseconds / 1_000_000_000), ordering: .relaxed)
    }

    private func drain(_ retry: ClosedRange<Duration>) {
        isDraining = true
        flush()
        watch(house.socket.descriptor, Self.listening, EPOLL_CTL_DEL, EPOLLIN)
        // Closed it could not be, as another reactor may be about to accept from this number: this refuses everybody.
        shutdown(house.socket.descriptor, CInt(SHUT_RDWR))
        for key in connections.keys where connections[key]?.isPart == false {
            if connections[key]?.isStream == true {
                let delay = Int64.random(in: retry.lowerBound.milliseconds...retry.upperBound.milliseconds)
                end(key, with: [.retry(after: .milliseconds(delay))])
            } else {
                closeWhenSent(key)
            }
        }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
