/// Reads a JSON text strictly (RFC 8259). Keys are taken as written: tests use none with escapes.
struct JSONReader {
    struct Failure: Error {
        let offset: Int
    }

    private let bytes: [UInt8]
    private var at = 0

    static func read(_ text: String) throws(Failure) -> JSONNode {
        var reader = JSONReader(bytes: Array(text.utf8))
        let node = try reader.value()
        reader.skipSpace()
        guard reader.at == reader.bytes.count else { throw Failure(offset: reader.at) }
        return node
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func value() throws(Failure) -> JSONNode {
        skipSpace()
        guard at < bytes.count else { throw Failure(offset: at) }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), 48...57: return .number(try number())
        default: return .word(try word())
        }
    }

    private mutating func object() throws(Failure) -> JSONNode {
        var members: [JSONNode.Member] = []
        at += 1
        skipSpace()
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            let key = String(try string().dropFirst().dropLast())
            skipSpace()
            guard take(":"), !members.contains(where: { $0.key == key }) else { throw Failure(offset: at) }
            members.append(JSONNode.Member(key: key, value: try value()))
            skipSpace()
        } while take(",")
        guard take("}") else { throw Failure(offset: at) }
        return .object(members)
    }

    private mutating func array() throws(Failure) -> JSONNode {
        var elements: [JSONNode] = []
        at += 1
        skipSpace()
        if take("]") { return .array([]) }
        repeat {
            elements.append(try value())
            skipSpace()
        } while take(",")
        guard take("]") else { throw Failure(offset: at) }
        return .array(elements)
    }

    /// The literal with its quotes.
    private mutating func string() throws(Failure) -> String {
        let start = at
        guard take("\"") else { throw Failure(offset: at) }
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            guard bytes[at] >= 0x20 else { throw Failure(offset: at) }
            at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard take("\""), let text = String(validating: bytes[start..<at], as: UTF8.self) else {
            throw Failure(offset: at)
        }
        return text
    }

    private mutating func number() throws(Failure) -> String {
        let start = at
        _ = take("-")
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[at - whole] != UInt8(ascii: "0") else { throw Failure(offset: at) }
        if take("."), digits() == 0 { throw Failure(offset: at) }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            if digits() == 0 { throw Failure(offset: at) }
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func digits() -> Int {
        let start = at
        while at < bytes.count, (48...57).contains(bytes[at]) { at += 1 }
        return at - start
    }

    private mutating func word() throws(Failure) -> String {
        for word in ["true", "false", "null"] where bytes[at...].starts(with: word.utf8) {
            at += word.utf8.count
            return word
        }
        throw Failure(offset: at)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
    }
}
