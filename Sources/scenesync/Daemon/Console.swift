import Glibc

/// What people read: notes on stderr, results on stdout.
enum Console {
    static func note(_ line: String) {
        write(line, to: STDERR_FILENO)
    }

    static func print(_ line: String) {
        write(line, to: STDOUT_FILENO)
    }

    /// Writes a whole line at once, so that lines of several threads do not mix.
    private static func write(_ line: String, to descriptor: Int32) {
        let bytes = Array((line + "\n").utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}
