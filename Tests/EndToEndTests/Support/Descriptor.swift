import Glibc

/// An end of a pipe or a socket, non-blocking, closed with its last holder. Read and written when asked, never ahead:
/// what nobody reads stays in the kernel.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    }

    deinit {
        close(number)
    }

    /// At least one byte; empty at the end. A reset connection is an end, too.
    func read(atMost limit: Int = 65_536, until deadline: ContinuousClock.Instant) async throws -> [UInt8] {
        while true {
            try Task.checkCancellation()
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
                count = Glibc.read(number, buffer.baseAddress, limit)
                initialized = max(0, count)
            }
            guard count < 0 else { return bytes }
            guard errno == EAGAIN || errno == EINTR else { return [] }
            try await wait(.toRead, until: deadline)
        }
    }

    func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                try await wait(.toWrite, until: deadline)
            } else {
                throw TransportError.closed(String(cString: strerror(errno)))
            }
        }
    }

    /// Attaches a filter (socket(7)) of one instruction, which keeps nothing of any packet: from now on nothing reaches the
    /// socket, whose kernel therefore acknowledges and refuses nothing. To the other end it has vanished.
    static func deafen(_ number: Int32) {
        // BPF_RET | BPF_K, of no bytes.
        var instruction: UInt64 = 0x06
        withUnsafeMutablePointer(to: &instruction) { first in
            var program = (UInt16(1), first)
            let size = socklen_t(MemoryLayout.size(ofValue: program))
            precondition(setsockopt(number, SOL_SOCKET, SO_ATTACH_FILTER, &program, size) == 0, "no socket filter")
        }
    }

    private func wait(_ readiness: Reactor.Readiness, until deadline: ContinuousClock.Instant) async throws {
        guard await Reactor.shared.wait(number, readiness, until: deadline) else {
            try Task.checkCancellation()
            throw TransportError.timedOut
        }
    }
}

/// Why nothing came.
enum TransportError: Error, Equatable {
    case timedOut
    case closed(String)
    case malformed(String)
}
