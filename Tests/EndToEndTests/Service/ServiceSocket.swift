import Glibc

/// The end of a notify socket at which systemd would be: each datagram is a message of one or more `NAME=value` lines.
final class ServiceSocket: Sendable {
    enum Kind: CaseIterable, Sendable {
        case path, abstract
    }

    /// As NOTIFY_SOCKET has it.
    let name: String
    private let descriptor: Descriptor
    private let folder: TemporaryFolder

    init(_ kind: Kind = .path) throws {
        folder = try TemporaryFolder()
        name = kind == .path ? "\(folder.path)/notify" : "@\(folder.path)"
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if kind == .abstract { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, length) }
        }
        guard number >= 0, status == 0 else { throw TransportError.closed("no socket: \(errno)") }
        descriptor = Descriptor(number)
    }

    /// The lines of the next message.
    func next(within limit: Duration = .seconds(10)) async throws -> [String] {
        let bytes = try await descriptor.read(until: .now + limit)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// All lines up to the first that begins like this, that included.
    func lines(through begin: String, within limit: Duration = .seconds(20)) async throws -> [String] {
        let deadline = ContinuousClock.now + limit
        var lines: [String] = []
        while true {
            for line in try await next(within: deadline - .now) {
                lines.append(line)
                if line.hasPrefix(begin) { return lines }
            }
        }
    }

    /// What has come within this time, which is waited for to its end.
    func lines(during span: Duration) async throws -> [String] {
        let deadline = ContinuousClock.now + span
        var lines: [String] = []
        do {
            while true { lines += try await next(within: deadline - .now) }
        } catch TransportError.timedOut {
            return lines
        }
    }
}
