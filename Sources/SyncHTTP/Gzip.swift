import CZlib
import NIOCore

/// Compresses whole bodies (RFC 1952).
enum Gzip {
    /// Fast rather than small: a body is compressed once for a revision, and there may be many.
    private static let level: CInt = 2

    /// nil if zlib cannot: there is no memory.
    static func compress(_ plain: ByteBuffer) -> ByteBuffer? {
        var stream = z_stream()
        guard scenesync_begin_gzip(&stream, level) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, uLong(plain.readableBytes)))
        var result = ByteBuffer()
        let status = plain.withUnsafeReadableBytes { input in
            var status = Z_OK
            result.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { output in
                stream.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: Bytef.self).baseAddress)
                stream.avail_in = uInt(input.count)
                stream.next_out = output.assumingMemoryBound(to: Bytef.self).baseAddress
                stream.avail_out = uInt(output.count)
                status = deflate(&stream, Z_FINISH)
                return Int(stream.total_out)
            }
            return status
        }
        // The buffer was made for the worst case: what is kept is a copy of its own size.
        return status == Z_STREAM_END ? ByteBuffer(bytes: result.readableBytesView) : nil
    }
}
