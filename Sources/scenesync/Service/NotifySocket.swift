import Glibc

/// The socket on which systemd takes what a service says of itself: a datagram for each message (sd_notify(3)).
final class NotifySocket: Sendable {
    private let descriptor: CInt
    private let address: sockaddr_un
    private let length: socklen_t

    /// `name` as in NOTIFY_SOCKET: a path, or `@` and a name of the abstract space.
    init(_ name: String) throws(StartError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard let first = bytes.first, [UInt8(ascii: "/"), UInt8(ascii: "@")].contains(first), bytes.count < room else {
            throw StartError(
                "NOTIFY_SOCKET is neither a path nor an abstract name of at most \(room - 1) bytes: \(name)")
        }
        // A name of the abstract space begins with a zero, and its end is no part of it.
        if first == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw StartError("no socket to notify systemd by: \(String(cString: strerror(errno)))")
        }
        self.address = address
        length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    }

    deinit {
        close(descriptor)
    }

    /// Never waits; false if systemd takes nothing at the moment. Not connected: it may have made its socket anew.
    func send(_ message: String) -> Bool {
        let bytes = Array(message.utf8)
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, CInt(MSG_DONTWAIT | MSG_NOSIGNAL), $0, length) == bytes.count
            }
        }
    }
}
