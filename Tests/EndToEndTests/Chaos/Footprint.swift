import FoundationEssentials
import Glibc
import PostgresTestSupport

/// What the daemon holds of the machine and of the database, its clients' sockets not counted.
struct Footprint: Sendable {
    /// In the database, and at the proxies: a session that the server has lost may still be held by the daemon.
    let connections: Int
    let threads: Int
    let descriptors: Int
    let memory_bytes: Int

    /// What may be more than before without being a leak.
    private static let slack = (descriptors: 16, threads: 4, memory_bytes: 24 << 20)

    static func take(_ stage: ChaosStage) async throws -> Footprint {
        let sessions = try await stage.sessions().count
        return try await take(
            of: stage.daemon, connections: max(sessions, stage.proxies.map(\.links).reduce(0, +)))
    }

    static func take(of daemon: DaemonProcess, connections: Int) async throws -> Footprint {
        let process = "/proc/\(daemon.pid)"
        let status = try String(contentsOf: URL(filePath: "\(process)/status"), encoding: .utf8)
        // Before the table: a client that has come since is in neither.
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "\(process)/fd")
            .compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(process)/fd/\($0)") }
        let table = try await contents(of: "/proc/net/tcp")
        let port = ":" + Self.hexadecimal(daemon.port)
        let clients = Set(
            table.split(separator: "\n").compactMap { line -> String? in
                let fields = line.split(separator: " ")
                return fields.count > 9 && fields[1].hasSuffix(port) ? "socket:[\(fields[9])]" : nil
            })
        return Footprint(
            connections: connections, threads: number(after: "Threads:", in: status),
            descriptors: descriptors.count { !clients.contains($0) },
            memory_bytes: number(after: "VmRSS:", in: status) << 10)
    }

    /// What is more than it was; nil if all is back.
    func excess(over base: Footprint) -> String? {
        if connections != base.connections { return "\(connections) connections, not \(base.connections)" }
        if threads > base.threads + Self.slack.threads { return "\(threads) threads, not \(base.threads)" }
        if descriptors > base.descriptors + Self.slack.descriptors {
            return "\(descriptors) descriptors beside those of clients, not \(base.descriptors)"
        }
        if memory_bytes > base.memory_bytes + Self.slack.memory_bytes {
            return "\(memory_bytes >> 20) MiB, not \(base.memory_bytes >> 20)"
        }
        return nil
    }

    /// Whole: Foundation takes the first page of what the kernel makes while it is read for all.
    private static func contents(of path: String) async throws -> String {
        let file = Descriptor(open(path, O_RDONLY))
        var bytes: [UInt8] = []
        while case let more = try await file.read(until: .now), !more.isEmpty { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ port: Int) -> String {
        let digits = String(port, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    private static func number(after name: String, in status: String) -> Int {
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}
