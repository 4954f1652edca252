import Glibc

/// Messages for people: stdout is for results.
enum StandardError {
    /// Writes a whole line at once, so that lines of several threads do not mix.
    static func print(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
