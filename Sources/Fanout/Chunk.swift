import NIOCore
import ProjectSync

/// A frame wrapped as one chunk of an HTTP/1.1 body (RFC 9112, section 7.1), once for all who are sent it.
struct Chunk: Sendable {
    let buffers: [ByteBuffer]

    init(_ frame: Frame, _ allocator: ByteBufferAllocator = ByteBufferAllocator()) {
        let size = String(frame.size_bytes, radix: 16)
        if frame.parts.count == 1 {
            var whole = allocator.buffer(capacity: frame.size_bytes + size.utf8.count + 4)
            whole.writeString(size)
            whole.writeStaticString("\r\n")
            whole.writeImmutableBuffer(frame.parts[0])
            whole.writeStaticString("\r\n")
            buffers = [whole]
        } else {
            buffers = [ByteBuffer(string: size + "\r\n")] + frame.parts + [ByteBuffer(staticString: "\r\n")]
        }
    }
}
