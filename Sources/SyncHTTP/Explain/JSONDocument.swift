import ProjectSync

/// A JSON text that people read, too: a member a line.
indirect enum JSONDocument {
    case object([(name: String, value: JSONDocument)])
    case array([JSONDocument])
    case string(String)
    /// As it is to be written.
    case literal(String)

    static let null = JSONDocument.literal("null")

    static func integer(_ number: some BinaryInteger) -> JSONDocument { .literal(String(number)) }

    static func bool(_ value: Bool) -> JSONDocument { .literal(value ? "true" : "false") }

    static func string(orNull text: String?) -> JSONDocument { text.map { .string($0) } ?? .null }

    var text: String { text(indent: "") + "\n" }

    private func text(indent: String) -> String {
        let deeper = indent + "  "
        switch self {
        case .string(let text): return JSONText.string(text)
        case .literal(let text): return text
        case .array(let elements) where elements.isEmpty: return "[]"
        case .array(let elements):
            return Self.lines(elements.map { $0.text(indent: deeper) }, "[", "]", indent)
        case .object(let members):
            if isShort { return "{" + Self.pairs(members, indent).joined(separator: ", ") + "}" }
            return Self.lines(Self.pairs(members, deeper), "{", "}", indent)
        }
    }

    /// Whether it goes on one line: it has no parts of its own, and few.
    private var isShort: Bool {
        guard case .object(let members) = self else { return false }
        return members.count <= 5
            && members.allSatisfy { member in
                switch member.value {
                case .string, .literal: true
                case .object, .array: false
                }
            }
    }

    private static func pairs(_ members: [(name: String, value: JSONDocument)], _ indent: String) -> [String] {
        members.map { "\(JSONText.string($0.name)): \($0.value.text(indent: indent))" }
    }

    private static func lines(_ parts: [String], _ open: String, _ close: String, _ indent: String) -> String {
        open + "\n" + parts.map { indent + "  " + $0 }.joined(separator: ",\n") + "\n" + indent + close
    }
}
