import CLinux
import Glibc
import NIOCore

/// A socket that takes connections. What is set on it here, each connection inherits (tcp(7), socket(7)).
package struct ListeningSocket: Sendable {
    /// Keeps the kernel from buffering megabytes for a reader that does not read.
    private static let sendBuffer_bytes: CInt = 128 << 10
    /// TCP_RTO_MAX_MS of linux/tcp.h, which glibc does not know yet.
    private static let mostBetweenTries: CInt = 44
    private static let betweenTries_milliseconds: CInt = 15_000

    let descriptor: CInt
    package let port: Int

    /// Listens on `host`, a name or an address; port 0 picks a free one.
    package static func open(host: String, port: Int, backlog: CInt = 4_096) throws -> ListeningSocket {
        let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        let family = address.protocol == .inet6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        do {
            try prepare(descriptor)
            let bound = address.withSockAddr { bind(descriptor, $0, socklen_t($1)) }
            guard bound == 0 else { throw IOError(errnoCode: errno, reason: "bind") }
            guard listen(descriptor, backlog) == 0 else { throw IOError(errnoCode: errno, reason: "listen") }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        return ListeningSocket(descriptor: descriptor, port: boundPort(descriptor) ?? port)
    }

    /// Peers that are gone are found by probes, which their kernels do not answer, or by their silence.
    private static func prepare(_ descriptor: CInt) throws {
        let options: [(level: CInt, name: CInt, value: CInt)] = [
            (SOL_SOCKET, SO_REUSEADDR, 1), (SOL_SOCKET, SO_SNDBUF, sendBuffer_bytes), (SOL_SOCKET, SO_KEEPALIVE, 1),
            (CInt(IPPROTO_TCP), TCP_NODELAY, 1), (CInt(IPPROTO_TCP), TCP_KEEPIDLE, 15),
            (CInt(IPPROTO_TCP), TCP_KEEPINTVL, 5), (CInt(IPPROTO_TCP), TCP_KEEPCNT, 3),
        ]
        for (level, name, value) in options {
            var value = value
            guard setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<CInt>.size)) == 0 else {
                throw IOError(errnoCode: errno, reason: "setsockopt")
            }
        }
        // Kernels before 6.15 do not know it: there a window that has been closed for long is probed every two minutes.
        var between = betweenTries_milliseconds
        _ = setsockopt(
            descriptor, CInt(IPPROTO_TCP), mostBetweenTries, &between, socklen_t(MemoryLayout<CInt>.size))
    }

    private static func boundPort(_ descriptor: CInt) -> Int? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &address) { bytes -> Int? in
            guard let start = bytes.baseAddress,
                getsockname(descriptor, start.assumingMemoryBound(to: sockaddr.self), &length) == 0
            else { return nil }
            // The port has one place in both families (ip(7), ipv6(7)).
            return Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
        }
    }
}
