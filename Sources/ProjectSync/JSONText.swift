/// Strings as JSON literals, with the escapes that PostgreSQL's own JSON output has.
package enum JSONText {
    package static func literal(_ text: some StringProtocol) -> [UInt8] {
        var literal: [UInt8] = []
        literal.reserveCapacity(text.utf8.count + 2)
        literal.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): literal += #"\""#.utf8
            case UInt8(ascii: "\\"): literal += #"\\"#.utf8
            case 0x08: literal += #"\b"#.utf8
            case 0x0C: literal += #"\f"#.utf8
            case 0x0A: literal += #"\n"#.utf8
            case 0x0D: literal += #"\r"#.utf8
            case 0x09: literal += #"\t"#.utf8
            case 0..<0x20:
                literal += #"\u00"#.utf8
                literal.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
                literal.append(Array("0123456789abcdef".utf8)[Int(byte & 15)])
            default: literal.append(byte)
            }
        }
        literal.append(UInt8(ascii: "\""))
        return literal
    }

    package static func string(_ text: String) -> String {
        String(decoding: literal(text), as: UTF8.self)
    }
}
