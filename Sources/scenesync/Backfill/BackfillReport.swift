import ProjectSync
import Synchronization

/// What a backfill has done so far, and how it tells: what was left out as it is met, the rest at the end.
final class BackfillReport: Sendable {
    struct Counts {
        /// What there was to look at when it began, and what has been looked at.
        var total = 0
        var projects = 0
        var copiedProjects = 0
        var scenes = 0
        var images = 0
        var leftOut = 0
        var refused = 0
        var busy = 0
    }

    private struct State {
        var counts = Counts()
        var hasBegun = false
        var hasListed = false
    }

    let isDry: Bool
    private let isJSON: Bool
    private let progress: ProgressLine
    private let state = Mutex(State())
    private let begun = ContinuousClock.now

    init(isDry: Bool, isJSON: Bool) {
        self.isDry = isDry
        self.isJSON = isJSON
        progress = ProgressLine()
    }

    /// Whether everything that could be copied was.
    var isWhole: Bool { state.withLock { $0.counts.refused == 0 && $0.counts.busy == 0 } }

    func begin(total: Int) {
        state.withLock { state in
            state.counts.total = total
            state.hasBegun = true
        }
        if isJSON { Console.print("{\"left_out\": [") }
        progress.begin(total: total)
    }

    /// Projects without anything to copy.
    func pass(_ count: Int) {
        add { $0.projects += count }
    }

    func settle(_ project: ProjectID, _ stored: StoredImages) {
        for leftOut in stored.leftOut { list(LeftOutLine(project, leftOut)) }
        add {
            $0.projects += 1
            $0.copiedProjects += stored.scenes.isEmpty ? 0 : 1
            $0.scenes += stored.scenes.count
            $0.images += stored.scenes.reduce(0) { $0 + $1.count }
            $0.leftOut += stored.leftOut.count
        }
    }

    /// The database's own rules do not allow its images.
    func refuse(_ project: ProjectID, _ reason: String) {
        list(LeftOutLine(project, name: "refused", words: "refused by the database: \(reason)"))
        add {
            $0.projects += 1
            $0.refused += 1
        }
    }

    /// Somebody has been writing to it all the time.
    func giveUp(_ project: ProjectID) {
        list(LeftOutLine(project, name: "busy", words: "locked by another transaction all the time: try again"))
        add {
            $0.projects += 1
            $0.busy += 1
        }
    }

    /// Says nothing unless it has begun. `isComplete`: nobody has stopped it.
    func end(isComplete: Bool) {
        progress.clear()
        let (hasBegun, counts) = state.withLock { ($0.hasBegun, $0.counts) }
        guard hasBegun else { return }
        Console.print(
            isJSON
                ? json(counts, isComplete)
                : BackfillSummary(counts: counts, isDry: isDry, isComplete: isComplete).text)
    }

    private func add(_ change: (inout Counts) -> Void) {
        let counts = state.withLock { state in
            change(&state.counts)
            return state.counts
        }
        progress.show(counts)
    }

    private func list(_ line: LeftOutLine) {
        progress.clear()
        let isFirst = state.withLock { state in
            defer { state.hasListed = true }
            return !state.hasListed
        }
        Console.print(isJSON ? (isFirst ? "" : ",") + line.json : line.text)
    }

    private func json(_ counts: Counts, _ isComplete: Bool) -> String {
        let milliseconds = Int((ContinuousClock.now - begun) / .milliseconds(1))
        return """
            ], "dry_run": \(isDry), "complete": \(isComplete), "projects": \(counts.projects), \
            "projects_copied": \(counts.copiedProjects), "scenes_copied": \(counts.scenes), \
            "images_copied": \(counts.images), "scenes_left_out": \(counts.leftOut), \
            "projects_refused": \(counts.refused), "projects_busy": \(counts.busy), \
            "projects_compared": \(isDry ? 0 : counts.copiedProjects), "seconds": \(Double(milliseconds) / 1000)}
            """
    }
}
