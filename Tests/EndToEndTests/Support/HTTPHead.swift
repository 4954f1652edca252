/// The status line and the fields of an answer.
struct HTTPHead: Sendable {
    let status: Int
    let reason: String
    let fields: [(name: String, value: String)]
    /// As it came, up to and with the empty line.
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) throws(TransportError) {
        self.bytes = bytes
        let text = String(decoding: bytes, as: UTF8.self)
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).map { String($0) }
        let first = lines.removeFirst().split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard first.count >= 2, first[0] == "HTTP/1.1", let status = Int(first[1]) else {
            throw .malformed(text)
        }
        self.status = status
        reason = first.count > 2 ? String(first[2]) : ""
        var fields: [(String, String)] = []
        for line in lines where !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(" ") else { throw .malformed(text) }
            fields.append((String(parts[0]), Self.trimmed(parts[1])))
        }
        self.fields = fields
    }

    /// Several fields of one name as a list, as RFC 9110 reads them; nil if there is none.
    subscript(name: String) -> String? {
        let values = fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
