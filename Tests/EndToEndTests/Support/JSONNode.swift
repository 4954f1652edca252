/// A JSON text in its parts, in which every number and every string keeps the bytes that it was written with.
indirect enum JSONNode: Sendable, Equatable {
    struct Member: Sendable, Equatable {
        let key: String
        var value: JSONNode
    }

    case object([Member])
    case array([JSONNode])
    /// The literal with its quotes.
    case string(String)
    case number(String)
    /// `true`, `false`, `null`
    case word(String)

    /// The member of an object.
    subscript(key: String) -> JSONNode? {
        get {
            guard case .object(let members) = self else { return nil }
            return members.first { $0.key == key }?.value
        }
        set {
            guard case .object(var members) = self, let at = members.firstIndex(where: { $0.key == key }), let newValue
            else { return }
            members[at].value = newValue
            self = .object(members)
        }
    }

    var elements: [JSONNode]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The string that a literal without escapes stands for.
    var plainString: String? {
        guard case .string(let literal) = self, !literal.contains("\\") else { return nil }
        return String(literal.dropFirst().dropLast())
    }

    var int: Int? {
        if case .number(let digits) = self { Int(digits) } else { nil }
    }

    var isNull: Bool { self == .word("null") }

    /// The text as `jsonb` prints it.
    var text: String {
        switch self {
        case .object(let members):
            "{" + members.map { "\"\($0.key)\": \($0.value.text)" }.joined(separator: ", ") + "}"
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ", ") + "]"
        case .string(let text), .number(let text), .word(let text): text
        }
    }
}
