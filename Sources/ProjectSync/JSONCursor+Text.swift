extension JSONCursor {
    /// The text that a string token stands for, its escapes resolved (RFC 8259, section 7).
    package func text(of token: StringToken) throws(JSONError) -> String {
        if token.isPlain { return String(decoding: bytes(of: token), as: UTF8.self) }
        let content = token.range.dropFirst().dropLast()
        var units: [UInt8] = []
        units.reserveCapacity(content.count)
        var at = content.startIndex
        while at < content.endIndex {
            if source[at] != UInt8(ascii: "\\") {
                units.append(source[at])
                at += 1
            } else {
                units += try escape(&at, before: content.endIndex)
            }
        }
        guard let text = String(validating: units, as: UTF8.self) else {
            throw .invalidText(at: token.range.lowerBound)
        }
        return text
    }

    private func escape(_ at: inout Int, before end: Int) throws(JSONError) -> [UInt8] {
        let start = at
        guard at + 1 < end else { throw .invalidText(at: start) }
        let kind = source[at + 1]
        at += 2
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [kind]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): break
        default: throw .invalidText(at: start)
        }
        var code = try hexadecimal(&at, before: end)
        if 0xD800..<0xDC00 ~= code, at + 1 < end, source[at] == UInt8(ascii: "\\"), source[at + 1] == UInt8(ascii: "u")
        {
            at += 2
            let low = try hexadecimal(&at, before: end)
            guard 0xDC00..<0xE000 ~= low else { throw .invalidText(at: start) }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw .invalidText(at: start) }
        return Array(String(scalar).utf8)
    }

    private func hexadecimal(_ at: inout Int, before end: Int) throws(JSONError) -> UInt32 {
        guard at + 4 <= end else { throw .invalidText(at: at) }
        var code: UInt32 = 0
        for byte in bytes(in: at..<at + 4) {
            // Not by the number's own reading, which takes a sign, too.
            guard let digit = HexDigit.value(of: byte) else { throw .invalidText(at: at) }
            code = code << 4 | UInt32(digit)
        }
        at += 4
        return code
    }
}
