import Glibc
import Synchronization

/// How far a backfill is, on stderr: on a terminal one line that is written anew, else a line every few seconds.
final class ProgressLine: Sendable {
    private static let interval_terminal = Duration.milliseconds(100)
    private static let interval_plain = Duration.seconds(5)

    private struct State {
        var begun = ContinuousClock.now
        var shown: ContinuousClock.Instant?
        var isOnScreen = false
    }

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State())

    func begin(total: Int) {
        state.withLock { $0.begun = .now }
        if !isTerminal { Console.note("\(total.grouped) projects to look at") }
    }

    func show(_ counts: BackfillReport.Counts) {
        let elapsed: Duration? = state.withLock { state in
            let now = ContinuousClock.now
            let interval = isTerminal ? Self.interval_terminal : Self.interval_plain
            guard now - (state.shown ?? state.begun) >= interval else { return nil }
            state.shown = now
            state.isOnScreen = isTerminal
            return now - state.begun
        }
        guard let elapsed else { return }
        let text = Self.text(counts, after: elapsed)
        if isTerminal { write("\r\u{1B}[K" + text) } else { Console.note(text) }
    }

    /// Makes room for a line of another kind.
    func clear() {
        let isOnScreen = state.withLock { state in
            defer { state.isOnScreen = false }
            return state.isOnScreen
        }
        if isOnScreen { write("\r\u{1B}[K") }
    }

    /// As in `41 %  820 of 2,000 projects, 3,211 images copied, 410 projects/s, 0:03 left`.
    static func text(_ counts: BackfillReport.Counts, after elapsed: Duration) -> String {
        let total = max(counts.total, counts.projects)
        let share = total == 0 ? 100 : counts.projects * 100 / total
        let rate = Double(counts.projects) / max(elapsed / .seconds(1), 0.001)
        let left = rate > 0 ? duration(seconds: Int((Double(total - counts.projects) / rate).rounded(.up))) : "?"
        return """
            \(share) %  \(counts.projects.grouped) of \(total.grouped) projects, \(counts.images.grouped) images, \
            \(Int(rate).grouped) projects/s, \(left) left
            """
    }

    private static func duration(seconds: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        return (hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)") + ":\(two(seconds % 60))"
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
