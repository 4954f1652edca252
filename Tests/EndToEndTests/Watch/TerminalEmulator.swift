/// As much of a terminal as our commands use: what stands on its screen, which screen that is, and its cursor.
struct TerminalEmulator {
    let width: Int
    let height: Int
    private(set) var isAlternate: Bool
    private(set) var isCursorShown = true
    /// What it was told that it does not know.
    private(set) var unknown: [String] = []
    /// What was written while the alternate screen was not there.
    private(set) var transcript = ""

    private var rows: [[Character]]
    private var row = 0
    private var column = 0
    private var pending: [UInt8] = []

    init(width: Int, height: Int, isAlternate: Bool = false) {
        self.width = width
        self.height = height
        self.isAlternate = isAlternate
        rows = Array(repeating: [], count: height)
    }

    /// Without the blanks at their ends.
    var lines: [String] {
        rows.map { row in
            var text = String(row)
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    func shows(_ text: String) -> Bool {
        lines.contains { $0.contains(text) }
    }

    mutating func read(_ bytes: [UInt8]) {
        pending += bytes
        // What was cut in the middle of a character waits for its rest.
        guard let text = String(validating: pending, as: UTF8.self) else { return }
        guard let code = text.lastIndex(of: "\u{1B}"), !Self.isWhole(text[code...]) else {
            pending = []
            return take(text)
        }
        pending = Array(text[code...].utf8)
        take(String(text[..<code]))
    }

    private static func isWhole(_ code: Substring) -> Bool {
        code.dropFirst(2).contains { $0.isLetter }
    }

    private mutating func take(_ text: String) {
        var rest = text.unicodeScalars.split(separator: "\u{1B}", omittingEmptySubsequences: false)[...]
        if let first = rest.popFirst() { put(String(first)) }
        for part in rest {
            let code = part.prefix { !$0.properties.isAlphabetic }
            let end = part.dropFirst(code.count).first.map(String.init) ?? ""
            obey(String(String.UnicodeScalarView(code)) + end)
            put(String(String.UnicodeScalarView(part.dropFirst(code.count + 1))))
        }
    }

    private mutating func obey(_ code: String) {
        switch code {
        case "[H": (row, column) = (0, 0)
        case "[K": if isAlternate, row < height { rows[row] = Array(rows[row].prefix(column)) }
        case "[J":
            guard isAlternate, row < height else { return }
            rows[row] = Array(rows[row].prefix(column))
            for below in rows.indices.dropFirst(row + 1) { rows[below] = [] }
        case "[?1049h": isAlternate = true
        case "[?1049l": isAlternate = false
        case "[?25h": isCursorShown = true
        case "[?25l": isCursorShown = false
        case "[?2026h", "[?2026l": break
        default: if code.last != "m" { unknown.append(code) }
        }
    }

    private mutating func put(_ text: String) {
        guard isAlternate else {
            transcript += text
            return
        }
        for character in text {
            switch character {
            case "\r\n": (row, column) = (row + 1, 0)
            case "\n": row += 1
            case "\r": column = 0
            default:
                guard row < height, column < width else {
                    unknown.append("beyond the edge: \(character)")
                    continue
                }
                while rows[row].count <= column { rows[row].append(" ") }
                rows[row][column] = character
                column += 1
            }
        }
    }
}
