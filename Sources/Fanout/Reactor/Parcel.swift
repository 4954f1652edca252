import CLinux
import Glibc
import NIOCore

/// Bytes that leave for one or many sockets in one write, laid out for it once.
package final class Parcel {
    package let size_bytes: Int
    /// Holds the memory that `vectors` points to: a buffer's bytes do not move while nobody writes to it.
    private let buffers: [ByteBuffer]
    private let vectors: [iovec]

    package init(_ buffers: [ByteBuffer]) {
        self.buffers = buffers
        vectors = buffers.compactMap { buffer in
            buffer.withUnsafeReadableBytes { bytes in
                bytes.isEmpty ? nil : iovec(iov_base: .init(mutating: bytes.baseAddress), iov_len: bytes.count)
            }
        }
        size_bytes = vectors.reduce(0) { $0 + $1.iov_len }
    }

    /// How a write ended.
    enum Outcome {
        /// So many bytes were taken, from none to all that there were.
        case taken(Int)
        case failed
    }

    /// Writes what follows the first `sent` bytes.
    func send(to descriptor: CInt, from sent: Int = 0) -> Outcome {
        sent == 0 ? Self.send(vectors, to: descriptor) : Parcel(rest(from: sent)).send(to: descriptor)
    }

    /// What follows the first `sent` bytes, for a parcel of its own.
    func rest(from sent: Int) -> [ByteBuffer] {
        var skipped = sent
        return buffers.compactMap { buffer in
            var buffer = buffer
            let skip = min(skipped, buffer.readableBytes)
            skipped -= skip
            buffer.moveReaderIndex(forwardBy: skip)
            return buffer.readableBytes > 0 ? buffer : nil
        }
    }

    private static func send(_ vectors: [iovec], to descriptor: CInt) -> Outcome {
        vectors.withUnsafeBufferPointer { vectors in
            let flags = CInt(MSG_NOSIGNAL | MSG_DONTWAIT)
            var message = msghdr()
            message.msg_iov = UnsafeMutablePointer(mutating: vectors.baseAddress)
            message.msg_iovlen = vectors.count
            while true {
                let count =
                    if vectors.count == 1 {
                        // The kernel reads no header and no list.
                        Glibc.send(descriptor, vectors[0].iov_base, vectors[0].iov_len, flags)
                    } else {
                        sendmsg(descriptor, &message, flags)
                    }
                if count >= 0 { return .taken(count) }
                switch errno {
                case EINTR: continue
                case EAGAIN: return .taken(0)
                default: return .failed
                }
            }
        }
    }
}

/// What a connection has not taken yet.
struct Unsent {
    var parcel: Parcel
    var sent: Int
}
