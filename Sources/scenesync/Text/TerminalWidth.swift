extension Character {
    /// How many cells of a terminal it takes: none, one, or two for what East Asia and emoji are written with.
    var cells: Int {
        unicodeScalars.reduce(0) { max($0, $1.cells) }
    }
}

extension String {
    var cells: Int {
        reduce(0) { $0 + $1.cells }
    }

    /// Cut to so many cells, the cut shown by an ellipsis.
    func cut(to width: Int) -> String {
        guard cells > width else { return self }
        guard width > 0 else { return "" }
        var text = ""
        var left = width - 1
        for character in self {
            left -= character.cells
            if left < 0 { break }
            text.append(character)
        }
        return text + "…"
    }

    /// Exactly so many cells.
    func fitted(to width: Int) -> String {
        let text = cut(to: width)
        return text + String(repeating: " ", count: max(0, width - text.cells))
    }
}

extension Unicode.Scalar {
    /// Unicode's East Asian Width W and F, in its larger blocks.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
        0x20000...0x3FFFD,
    ]

    fileprivate var cells: Int {
        if value < 0x7F { return value < 0x20 ? 0 : 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        return properties.isEmojiPresentation || Self.wide.contains { $0.contains(value) } ? 2 : 1
    }
}
