import Glibc

/// The terminal while a view has it: another screen, no cursor, no echo of what is typed. Given back as it was.
final class TerminalScreen {
    private let original: termios?
    private let isColoured = Console.wantsColours

    private init(_ original: termios?) {
        self.original = original
    }

    /// Nil where stdout is not a terminal, or one that knows no screen.
    static func open() -> TerminalScreen? {
        let isDumb = getenv("TERM").map { String(cString: $0) } == "dumb"
        guard isatty(STDOUT_FILENO) == 1, !isDumb else { return nil }
        var settings = termios()
        let hasInput = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &settings) == 0
        let screen = TerminalScreen(hasInput ? settings : nil)
        if hasInput {
            // Ctrl-C still ends; Ctrl-Z would leave the shell with this screen.
            settings.c_lflag &= ~tcflag_t(ECHO | ICANON)
            settings.c_cc.10 = 0
            tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        }
        screen.write("\u{1B}[?1049h\u{1B}[?25l")
        return screen
    }

    /// Gives the terminal back. What was typed meanwhile is for nobody.
    func close() {
        write("\u{1B}[?25h\u{1B}[?1049l")
        guard var original else { return }
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &original)
    }

    var size: (width: Int, height: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Replaces what is shown, in one write, without a blank moment between.
    func draw(_ lines: [StyledLine]) {
        let text = lines.map { (isColoured ? $0.coded : $0.text) + "\u{1B}[K" }.joined(separator: "\r\n")
        write("\u{1B}[?2026h\u{1B}[H\(text)\u{1B}[J\u{1B}[?2026l")
    }

    private func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR || errno == EAGAIN else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
