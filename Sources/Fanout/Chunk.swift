import NIOCore
import ProjectSync

/// Frames wrapped as one chunk of an HTTP/1.1 body (RFC 9112, section 7.1), once for all who are sent them.
package struct Chunk: Sendable {
    /// What the body ends with.
    package static let last = ByteBuffer(staticString: "0\r\n\r\n")
    /// A larger part is not copied.
    private static let copied_bytes = 8 << 10

    package let buffers: [ByteBuffer]

    package init(_ frames: [Frame]) {
        var buffers: [ByteBuffer] = []
        var small = ByteBuffer()
        let size = frames.reduce(0) { $0 + $1.size_bytes }
        small.reserveCapacity(min(size, Self.copied_bytes) + 32)
        small.writeString(String(size, radix: 16))
        small.writeStaticString("\r\n")
        for part in frames.lazy.flatMap(\.parts) {
            if part.readableBytes <= Self.copied_bytes {
                small.writeImmutableBuffer(part)
            } else {
                buffers.append(small)
                buffers.append(part)
                small = ByteBuffer()
            }
        }
        small.writeStaticString("\r\n")
        buffers.append(small)
        self.buffers = buffers
    }

    init(_ frame: Frame) {
        self.init([frame])
    }
}
