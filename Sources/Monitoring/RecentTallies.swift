import ProjectSync

/// What was written in each second of the last minute, and in each minute of the last hour.
struct RecentTallies {
    private var seconds = TallyRing()
    private var minutes = TallyRing()
    /// Up to this second, all is in its minute, too.
    private var summed = 0

    mutating func edit(_ second: Int, _ edit: (inout Tally) -> Void) {
        if second > summed + 1 { sum(before: second) }
        seconds.edit(second, edit)
        // Something that is told of a second that is over.
        if second <= summed { minutes.edit(second / 60, edit) }
    }

    func tally(at second: Int) -> Tally {
        seconds.tally(at: second)
    }

    /// Sixty tallies, the oldest first; the last one is still running.
    mutating func window(_ window: MonitorWindow, endingAt second: Int) -> [Tally] {
        switch window {
        case .minute: return seconds.window(endingAt: second)
        case .hour:
            sum(before: second + 1)
            return minutes.window(endingAt: second / 60)
        }
    }

    mutating func rows(_ window: MonitorWindow, endingAt second: Int) -> Int {
        switch window {
        case .minute: return seconds.rows(endingAt: second)
        case .hour:
            sum(before: second + 1)
            return minutes.rows(endingAt: second / 60)
        }
    }

    /// Only the second after those that are summed can have something that its minute has not.
    private mutating func sum(before second: Int) {
        guard second > summed + 1 else { return }
        let tally = seconds.tally(at: summed + 1)
        if tally != Tally() { minutes.edit((summed + 1) / 60) { $0.add(tally) } }
        summed = second - 1
    }
}
