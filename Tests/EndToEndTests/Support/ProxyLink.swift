import Glibc

/// Both sockets of a connection through a proxy, and what is on its way between them.
struct ProxyLink: Sendable {
    enum Direction: CaseIterable, Sendable {
        case toServer, toClient
    }

    private static let buffer_bytes = 1 << 18

    /// By which the server knows it.
    let port: Int
    private(set) var client: Descriptor?
    private(set) var server: Descriptor?
    private var toServer: [UInt8] = []
    private var toClient: [UInt8] = []

    init(client: Descriptor, server: Descriptor, port: Int) {
        self.client = client
        self.server = server
        self.port = port
    }

    /// The socket is closed, and the other end is not told.
    mutating func lose(_ side: Proxy.Side) {
        switch side {
        case .client: client = nil
        case .server: server = nil
        }
    }

    /// Whether one end does not know that the other is gone.
    var isHalf: Bool { client == nil || server == nil }

    /// What there is to wait for.
    func interests(silent: Set<Direction>) -> [pollfd] {
        guard let client, let server else { return [] }
        var events: (client: Int32, server: Int32) = (0, 0)
        if !silent.contains(.toServer) {
            if toServer.count < Self.buffer_bytes { events.client |= POLLIN }
            if !toServer.isEmpty { events.server |= POLLOUT }
        }
        if !silent.contains(.toClient) {
            if toClient.count < Self.buffer_bytes { events.server |= POLLIN }
            if !toClient.isEmpty { events.client |= POLLOUT }
        }
        // A socket that is polled for nothing would tell of its end again and again.
        return [(client, events.client), (server, events.server)].filter { $0.1 != 0 }
            .map { pollfd(fd: $0.0.number, events: Int16($0.1), revents: 0) }
    }

    /// Passes on what can be. False if one side has ended, and the other may know.
    mutating func move(silent: Set<Direction>) -> Bool {
        guard let client, let server else { return true }
        var isOpen = true
        if !silent.contains(.toServer) { isOpen = Self.move(client, server, &toServer) && isOpen }
        if !silent.contains(.toClient) { isOpen = Self.move(server, client, &toClient) && isOpen }
        return isOpen
    }

    private static func move(_ from: Descriptor, _ to: Descriptor, _ bytes: inout [UInt8]) -> Bool {
        var hasEnded = false
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < buffer_bytes, !hasEnded {
            let count = read(from.number, &chunk, chunk.count)
            if count < 0, errno == EAGAIN { break }
            if count > 0 { bytes += chunk[..<count] }
            hasEnded = count <= 0
        }
        while !bytes.isEmpty {
            let count = send(to.number, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            if count < 0 { return errno == EAGAIN && !hasEnded }
            bytes.removeFirst(count)
        }
        return !hasEnded
    }
}
