import Dispatch
import Glibc
import Synchronization

/// Stands between clients and a server, and can fall silent towards either of them without closing anything.
final class Proxy: Sendable {
    enum Side: Sendable {
        case client, server
    }

    private struct State {
        var upstream: Int
        var silent: Set<ProxyLink.Direction> = []
        /// Whose links are silent; nil are all, those to come included.
        var ports: Set<Int>?
        var refuses = false
        /// Nobody listens at the port.
        var isAway = false
        var orders: [@Sendable (inout [ProxyLink]) -> Void] = []
        var links = 0
    }

    let port: Int
    private let wakeup: Descriptor
    private let state: Mutex<State>

    /// Listens on a port of its own, where others may come if it is open, and leads to `upstream` of this machine.
    init(to upstream: Int, isOpen: Bool = false) throws {
        // By its number: a closure that has been given a descriptor keeps it open.
        let (listener, port) = try Self.listen(at: 0, isOpen: isOpen)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw TransportError.closed("no pipe") }
        self.port = port
        wakeup = Descriptor(ends[1])
        state = Mutex(State(upstream: upstream))
        let woken = Descriptor(ends[0])
        let thread = DispatchQueue(label: "proxy-\(port)")
        thread.async { [weak self] in
            var links: [ProxyLink] = []
            var listening: Descriptor? = Descriptor(listener)
            while let polled = self?.interests(of: links, listening, woken) {
                Self.wait(polled)
                self?.turn(&links, &listening, woken)
            }
        }
    }

    deinit {
        wake()
    }

    /// Open connections of clients.
    var links: Int {
        state.withLock { $0.links }
    }

    /// Passes nothing on in these directions, over the links of these ports or over all, and closes nothing.
    func silence(_ directions: Set<ProxyLink.Direction>, of ports: Set<Int>? = nil) {
        change { ($0.silent, $0.ports) = (directions, ports) }
    }

    /// New connections are closed at once.
    func refuse() {
        change { $0.refuses = true }
    }

    func cut(_ ports: Set<Int>? = nil) {
        order { links in links.removeAll { ports?.contains($0.port) ?? true } }
    }

    /// One end goes without a word to the other, for which the connection lives on.
    func lose(_ side: Side, of ports: Set<Int>? = nil) {
        order { links in
            for at in links.indices where ports?.contains(links[at].port) ?? true { links[at].lose(side) }
        }
    }

    /// All is passed on again; who has lost his other end is told.
    func heal() {
        change { state in
            state.silent = []
            state.ports = nil
            state.refuses = false
            state.orders.append { links in links.removeAll { $0.isHalf } }
        }
    }

    /// New connections are refused by the kernel, as where a machine runs and its server does not.
    func leave() {
        change { $0.isAway = true }
    }

    /// New connections lead there.
    func lead(to upstream: Int) {
        change { ($0.upstream, $0.isAway) = (upstream, false) }
    }

    private func order(_ order: @escaping @Sendable (inout [ProxyLink]) -> Void) {
        change { $0.orders.append(order) }
    }

    private func change(_ change: (inout sending State) -> Void) {
        state.withLock { change(&$0) }
        wake()
    }

    private func wake() {
        var one: UInt8 = 1
        _ = write(wakeup.number, &one, 1)
    }

    // On the thread.

    private static func listen(at port: Int, isOpen: Bool = false) throws -> (number: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in.loopback(port: port)
        if isOpen { address.sin_addr = in_addr(s_addr: INADDR_ANY) }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && Glibc.listen(listener, 1_024) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else {
            close(listener)
            throw TransportError.closed("no proxy at port \(port)")
        }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    private func interests(of links: [ProxyLink], _ listener: Descriptor?, _ woken: Descriptor) -> [pollfd] {
        let (silent, ports) = state.withLock { ($0.silent, $0.ports) }
        return [listener, woken].compactMap { $0 }.map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
            + links.flatMap { $0.interests(silent: ports?.contains($0.port) ?? true ? silent : []) }
    }

    private static func wait(_ polled: [pollfd]) {
        var polled = polled
        // Somebody may have the port for a moment, to which it comes back.
        poll(&polled, nfds_t(polled.count), 100)
    }

    private func turn(_ links: inout [ProxyLink], _ listener: inout Descriptor?, _ woken: Descriptor) {
        var bytes = [UInt8](repeating: 0, count: 256)
        while read(woken.number, &bytes, bytes.count) == bytes.count {}
        let (orders, upstream, refuses, isAway) = state.withLock { state in
            defer { state.orders = [] }
            return (state.orders, state.upstream, state.refuses, state.isAway)
        }
        for order in orders { order(&links) }
        if isAway {
            listener = nil
        } else if listener == nil {
            listener = (try? Self.listen(at: port)).map { Descriptor($0.number) }
        }
        while let listener, case let number = accept(listener.number, nil, nil), number >= 0 {
            let client = Descriptor(number)
            if !refuses, let link = Self.link(client, to: upstream) { links.append(link) }
        }
        let (silent, ports) = state.withLock { ($0.silent, $0.ports) }
        var open: [ProxyLink] = []
        for var link in links where link.move(silent: ports?.contains(link.port) ?? true ? silent : []) {
            open.append(link)
        }
        links = open
        state.withLock { $0.links = open.count { $0.client != nil } }
    }

    private static func link(_ client: Descriptor, to upstream: Int) -> ProxyLink? {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in.loopback(port: upstream)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Blocking, as on this machine it waits for nobody.
        let isConnected = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, length) == 0 && getsockname(number, $0, &length) == 0
            }
        }
        var one: Int32 = 1
        setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        setsockopt(client.number, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        let server = Descriptor(number)
        return isConnected
            ? ProxyLink(client: client, server: server, port: Int(UInt16(bigEndian: address.sin_port))) : nil
    }
}

extension sockaddr_in {
    static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return address
    }
}
