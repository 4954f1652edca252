/// Takes the sizes of the chunks out of an HTTP/1.1 body.
struct ChunkedBody {
    private enum Part {
        case size
        case data
        case end
    }

    private var part = Part.size
    private var left = 0

    mutating func read(_ bytes: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Void) {
        var rest = bytes[...]
        while let byte = rest.first {
            switch part {
            case .size:
                rest = rest.dropFirst()
                if byte == UInt8(ascii: "\n") {
                    part = left > 0 ? .data : .size
                } else if let digit = Character(UnicodeScalar(byte)).hexDigitValue {
                    left = left * 16 + digit
                }
            case .data:
                let data = rest.prefix(left)
                take(UnsafeRawBufferPointer(rebasing: data))
                rest = rest.dropFirst(data.count)
                left -= data.count
                if left == 0 { part = .end }
            case .end:
                rest = rest.dropFirst()
                if byte == UInt8(ascii: "\n") { part = .size }
            }
        }
    }
}
