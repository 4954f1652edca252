import Testing

/// What a URL may consist of.
struct Alphabet: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let characters: String
    /// What they cost as JSON.
    let bytes: Int

    static let everything = Alphabet("everything", "aé日🖼\"\\\n\u{1}\u{7f}%s", bytes: 25)

    static let all = [
        Alphabet("ASCII", "a", bytes: 1), Alphabet("two bytes", "é", bytes: 2),
        Alphabet("three bytes", "日", bytes: 3), Alphabet("four bytes", "🖼", bytes: 4),
        Alphabet("quotes", "\"", bytes: 2), Alphabet("backslashes", "\\", bytes: 2),
        Alphabet("line feeds", "\n", bytes: 2), Alphabet("control characters", "\u{1}", bytes: 6), everything,
    ]

    init(_ description: String, _ characters: String, bytes: Int) {
        testDescription = description
        self.characters = characters
        self.bytes = bytes
    }

    /// Of which JSON's text, quotes included, has this length.
    func url(jsonBytes: Int) -> String {
        let (count, rest) = (jsonBytes - 2).quotientAndRemainder(dividingBy: bytes)
        return String(repeating: characters, count: count) + String(repeating: "a", count: rest)
    }
}
