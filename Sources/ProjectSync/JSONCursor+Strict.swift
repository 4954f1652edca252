extension JSONCursor {
    /// Passes over one value and returns the bytes that it takes; throws for anything that RFC 8259 does not have.
    ///
    /// `value()` is for texts that PostgreSQL has printed, and only finds the end.
    package mutating func strictValue() throws(JSONError) -> Range<Int> {
        _ = peek()
        let start = position
        // What closes each array and object that is open.
        var open: [Unicode.Scalar] = []
        repeat {
            guard open.count < Self.deepest else { throw .unexpected(at: position) }
            switch peek() {
            case UInt8(ascii: "["):
                position += 1
                if !takeIf("]") {
                    open.append("]")
                    continue
                }
            case UInt8(ascii: "{"):
                position += 1
                if !takeIf("}") {
                    open.append("}")
                    try key()
                    continue
                }
            case UInt8(ascii: "\""): _ = try text(of: try string())
            case UInt8(ascii: "t"): try word("true")
            case UInt8(ascii: "f"): try word("false")
            case UInt8(ascii: "n"): try word("null")
            default: try number()
            }
            while let closing = open.last {
                if takeIf(",") {
                    if closing == "}" { try key() }
                    break
                }
                try take(closing)
                open.removeLast()
            }
        } while !open.isEmpty
        return start..<position
    }

    private static let deepest = 1_000

    private mutating func key() throws(JSONError) {
        _ = peek()
        _ = try text(of: try string())
        try take(":")
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        let end = position + word.utf8CodeUnitCount
        guard end <= source.count,
            bytes(in: position..<end).elementsEqual(
                UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        else { throw .unexpected(at: position) }
        position = end
    }

    private mutating func number() throws(JSONError) {
        _ = has("-")
        if !has("0") { try digits() }
        if has(".") { try digits() }
        if has("e") || has("E") {
            _ = has("+") || has("-")
            try digits()
        }
    }

    /// At least one.
    private mutating func digits() throws(JSONError) {
        let start = position
        while position < source.count, source[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > start else { throw .unexpected(at: position) }
    }

    private mutating func has(_ byte: Unicode.Scalar) -> Bool {
        guard position < source.count, source[position] == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }
}
