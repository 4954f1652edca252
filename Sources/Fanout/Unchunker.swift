import NIOCore

/// Takes the contents out of chunks, for a connection that does not frame them so: HTTP/2's.
struct Unchunker {
    private enum Expected {
        case size(Int)
        case contents(Int)
        case end(Int)
    }

    private var expected = Expected.size(0)

    /// The contents that `buffers`, which are chunks of our own, go on with.
    mutating func take(_ buffers: [ByteBuffer]) -> [ByteBuffer] {
        var contents: [ByteBuffer] = []
        for var buffer in buffers {
            while buffer.readableBytes > 0 {
                if let part = take(&buffer) { contents.append(part) }
            }
        }
        return contents
    }

    private mutating func take(_ buffer: inout ByteBuffer) -> ByteBuffer? {
        switch expected {
        case .size(let size):
            guard let byte: UInt8 = buffer.readInteger() else { return nil }
            switch byte {
            case UInt8(ascii: "\r"): break
            case UInt8(ascii: "\n"): expected = .contents(size)
            default: expected = .size(size << 4 | Int(byte < 0x3a ? byte & 15 : (byte & 15) + 9))
            }
            return nil
        case .contents(let count):
            let part = buffer.readSlice(length: min(count, buffer.readableBytes))
            let rest = count - (part?.readableBytes ?? 0)
            expected = rest == 0 ? .end(2) : .contents(rest)
            return part
        case .end(let count):
            let skipped = min(count, buffer.readableBytes)
            buffer.moveReaderIndex(forwardBy: skipped)
            expected = skipped == count ? .size(0) : .end(count - skipped)
            return nil
        }
    }
}
