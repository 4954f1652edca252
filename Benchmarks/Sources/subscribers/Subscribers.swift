import CLinux
import Glibc

/// Watches projects of a daemon, each through a connection of its own, and obeys lines on stdin: `subscribers PORT`.
///
/// `watch PROJECT` opens a connection, `stat` prints counts and latencies as a line of JSON, `dump` prints
/// `PROJECT SCENE [URL, ...]` for every scene and then an empty line. The end of stdin ends it.
@main
struct Subscribers {
    private static let commandToken = UInt64.max

    private let port: UInt16
    private let epoll = epoll_create1(0)
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    private var commands = LineReader()
    private var connections: [Connection] = []
    private var deliveries = Deliveries()

    static func main() throws {
        guard CommandLine.arguments.count == 2, let port = UInt16(CommandLine.arguments[1]) else {
            print("usage: subscribers PORT")
            exit(64)
        }
        var subscribers = Subscribers(port: port)
        try subscribers.wait(for: STDIN_FILENO, token: commandToken)
        while try subscribers.turn() {}
    }

    private init(port: UInt16) {
        self.port = port
    }

    /// Serves what is ready; false at the end of stdin.
    private mutating func turn() throws -> Bool {
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        let ready = epoll_wait(epoll, &events, Int32(events.count), -1)
        if ready < 0, errno != EINTR { throw SystemCallError("epoll_wait") }
        for event in events.prefix(max(0, Int(ready))) {
            if event.data.u64 == Self.commandToken {
                guard try obey() else { return false }
            } else {
                connections[Int(event.data.u64)].receive(into: buffer, &deliveries)
            }
        }
        return true
    }

    private mutating func obey() throws -> Bool {
        let count = read(STDIN_FILENO, buffer.baseAddress, buffer.count)
        guard count > 0 else { return false }
        var lines: [String] = []
        commands.read(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { line in
            lines.append(String(decoding: line, as: UTF8.self))
        }
        for line in lines {
            let words = line.split(separator: " ")
            switch words.first {
            case "watch": try watch(String(words.last ?? ""))
            case "stat": print(stat)
            case "dump": print(connections.map(\.dump).joined())
            default: print("unknown command: \(line)")
            }
        }
        fflush(nil)
        return true
    }

    private mutating func watch(_ project: String) throws {
        let connection = try Connection(to: project, port: port)
        try wait(for: connection.descriptor, token: UInt64(connections.count))
        connections.append(connection)
    }

    private func wait(for descriptor: Int32, token: UInt64) throws {
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: token))
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 else { throw SystemCallError("epoll_ctl") }
    }

    private var stat: String {
        let ready = connections.count { $0.isReady }
        let dropped = connections.count { !$0.isOpen }
        return "{\"ready\": \(ready), \"dropped\": \(dropped), \(deliveries.json)}"
    }
}
