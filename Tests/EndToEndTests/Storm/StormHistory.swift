import Synchronization

/// The last statements on each project, for those who have to find out what went wrong.
final class StormHistory: Sendable {
    private static let kept = 60

    private let lines = Mutex<[String: [String]]>([:])
    private let start = ContinuousClock.now

    func add(_ project: String, _ line: @autoclosure () -> String) {
        let text = "\((ContinuousClock.now - start).milliseconds) ms \(line())"
        lines.withLock { lines in
            var mine = lines[project, default: []]
            mine.append(text)
            if mine.count > 2 * Self.kept { mine.removeFirst(Self.kept) }
            lines[project] = mine
        }
    }

    func text(of project: String) -> String {
        lines.withLock { ($0[project] ?? []).suffix(Self.kept).joined(separator: "\n") }
    }

    /// A statement on one line, long values cut short.
    static func line(_ statement: StormStatement) -> String {
        let words = statement.sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let values = statement.parameters.map { $0.map { "'\($0.prefix(60))'" } ?? "NULL" }.joined(separator: ", ")
        return "\(words.prefix(160)) (\(values))"
    }
}
