/// What is wrong with a JSON text, and at which byte.
package enum JSONError: Error, Equatable {
    case unexpected(at: Int)
    case numberOutOfRange(at: Int)
    case invalidText(at: Int)
}

/// Reads JSON in place, token by token, without recursion and without building values.
///
/// Made for two texts: what `jsonb` prints, whose bytes must reach clients untouched, and the payloads of
/// notifications, which anybody may have sent.
package struct JSONCursor {
    /// A string token: its bytes with both quotes, and whether it is ASCII free of escapes: its own text.
    package struct StringToken {
        package let range: Range<Int>
        package let isPlain: Bool
    }

    package internal(set) var position = 0
    let source: UnsafeRawBufferPointer

    package init(_ source: UnsafeRawBufferPointer) {
        self.source = source
    }

    /// The next byte that is not white space; nil at the end.
    package mutating func peek() -> UInt8? {
        while position < source.count {
            switch source[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    package mutating func take(_ byte: Unicode.Scalar) throws(JSONError) {
        guard peek() == UInt8(ascii: byte) else { throw .unexpected(at: position) }
        position += 1
    }

    package mutating func takeIf(_ byte: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    package mutating func end() throws(JSONError) {
        guard peek() == nil else { throw .unexpected(at: position) }
    }

    /// Calls `element` at the start of each element of the array at the cursor; it must consume the element.
    package mutating func array(_ element: (inout JSONCursor) throws(JSONError) -> Void) throws(JSONError) {
        try take("[")
        if takeIf("]") { return }
        repeat {
            try element(&self)
        } while takeIf(",")
        try take("]")
    }

    /// Calls `member` after each key of the object at the cursor; it must consume the value.
    package mutating func object(_ member: (StringToken, inout JSONCursor) throws(JSONError) -> Void) throws(JSONError)
    {
        try take("{")
        if takeIf("}") { return }
        repeat {
            _ = peek()
            let key = try string()
            try take(":")
            _ = peek()
            try member(key, &self)
        } while takeIf(",")
        try take("}")
    }

    package mutating func string() throws(JSONError) -> StringToken {
        try take("\"")
        let start = position - 1
        var isPlain = true
        passPlain()
        while position < source.count {
            let byte = source[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return StringToken(range: start..<position, isPlain: isPlain) }
            if byte < 0x20 { throw .unexpected(at: position - 1) }
            if byte >= 0x80 { isPlain = false }
            if byte == UInt8(ascii: "\\") {
                isPlain = false
                position += 1
            }
        }
        throw .unexpected(at: source.count)
    }

    // Not one generic function: for another module that is not specialized, and takes thirty times as long.
    package mutating func integer() throws(JSONError) -> Int32 { try number() }
    package mutating func integer() throws(JSONError) -> Int64 { try number() }
    package mutating func integer() throws(JSONError) -> UInt64 { try number() }

    /// Passes over one value of any kind and returns the bytes that it takes.
    package mutating func value() throws(JSONError) -> Range<Int> {
        guard let first = peek() else { throw .unexpected(at: position) }
        let start = position
        switch first {
        case UInt8(ascii: "\""):
            _ = try string()
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            try nested()
        default:
            scalar()
            guard position > start else { throw .unexpected(at: position) }
        }
        return start..<position
    }

    package func bytes(in range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: source[range])
    }

    /// What is between a string token's quotes.
    package func bytes(of token: StringToken) -> UnsafeRawBufferPointer {
        bytes(in: token.range.lowerBound + 1..<token.range.upperBound - 1)
    }

    package func matches(_ token: StringToken, _ text: StaticString) -> Bool {
        guard token.range.count == text.utf8CodeUnitCount + 2, token.isPlain else { return false }
        return bytes(of: token).elementsEqual(
            UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Passes over whole words of ASCII that neither end nor escape a string.
    private mutating func passPlain() {
        let each: UInt64 = 0x0101_0101_0101_0101
        var at = position
        while at + 8 <= source.count {
            let word = source.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            let quotes = word ^ (each &* 0x22)
            let escapes = word ^ (each &* 0x5C)
            // A byte's highest bit is set: it was before, or the byte was less than what is taken from it.
            let odd = word | (word &- each &* 0x20) | (quotes &- each) | (escapes &- each)
            guard odd & (each &* 0x80) == 0 else { break }
            at += 8
        }
        position = at
    }

    private mutating func number<Number: FixedWidthInteger>() throws(JSONError) -> Number {
        let negative = takeIf("-")
        let start = position
        var value: Number = 0
        while position < source.count, case let digit = source[position] &- UInt8(ascii: "0"), digit < 10 {
            let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) =
                negative
                ? tens.subtractingReportingOverflow(Number(digit)) : tens.addingReportingOverflow(Number(digit))
            if tooLarge || overflow { throw .numberOutOfRange(at: start) }
            value = sum
            position += 1
        }
        guard position > start else { throw .unexpected(at: start) }
        return value
    }

    /// The end of an array or object, found by its depth alone; its strings are passed over as wholes.
    private mutating func nested() throws(JSONError) {
        var depth = 0
        while position < source.count {
            switch source[position] {
            case UInt8(ascii: "\""):
                _ = try string()
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return }
        }
        throw .unexpected(at: position)
    }

    private mutating func scalar() {
        while position < source.count {
            switch source[position] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                position += 1
            default:
                return
            }
        }
    }
}
