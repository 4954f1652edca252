/// A line of a terminal: its text, and how each part of it looks.
struct StyledLine: Equatable, Sendable {
    enum Style: String, Sendable {
        case plain = "0"
        case bold = "1"
        case dim = "2"
        case good = "32"
        case fresh = "1;32"
        case warning = "33"
        case bad = "1;31"
    }

    private struct Part: Equatable, Sendable {
        let text: String
        let style: Style
    }

    private var parts: [Part] = []

    init(_ text: String = "", _ style: Style = .plain) {
        self += (text, style)
    }

    var text: String {
        parts.map(\.text).joined()
    }

    /// With the terminal's codes for what is not plain.
    var coded: String {
        parts.map { $0.style == .plain ? $0.text : "\u{1B}[\($0.style.rawValue)m\($0.text)\u{1B}[0m" }.joined()
    }

    static func += (line: inout StyledLine, part: (text: String, style: Style)) {
        if !part.text.isEmpty { line.parts.append(Part(text: part.text, style: part.style)) }
    }

    mutating func append(_ other: StyledLine) {
        parts += other.parts
    }

    /// `left` at the left, `right` at the right of so many cells; `left` gives way.
    static func pair(
        _ left: (text: String, style: Style), _ right: (text: String, style: Style), width: Int
    ) -> StyledLine {
        let end = right.text.cut(to: width)
        var line = StyledLine(left.text.fitted(to: max(0, width - end.cells)), left.style)
        line += (end, right.style)
        return line
    }
}
