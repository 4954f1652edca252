import Glibc

/// What people read: notes on stderr, results on stdout.
enum Console {
    static func note(_ line: String) {
        write(line, to: STDERR_FILENO)
    }

    static func print(_ line: String) {
        write(line, to: STDOUT_FILENO)
    }

    /// With its styles where a person reads it, and has not said otherwise (no-color.org).
    static func print(_ lines: [StyledLine]) {
        let isStyled = isatty(STDOUT_FILENO) == 1 && wantsColours
        print(lines.map { isStyled ? $0.coded : $0.text }.joined(separator: "\n"))
    }

    static var wantsColours: Bool {
        getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
    }

    /// Writes a whole line at once, so that lines of several threads do not mix.
    private static func write(_ line: String, to descriptor: Int32) {
        let bytes = Array((line + "\n").utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}
