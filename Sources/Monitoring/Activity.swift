import ProjectSync

/// What writers have lately done to one project, or to all.
///
/// A class, so that a change edits it in place; it never leaves the monitor's lock.
final class Activity {
    private var seconds = TallyRing()
    private var minutes = TallyRing()
    private var spans: WriterSpans
    private var sessions: WriterSessions
    private var late = LateArrivals()
    private var arrivals = [SlidingHistogram(.minute), SlidingHistogram(.hour)]
    private var deliveries = [SlidingHistogram(.minute), SlidingHistogram(.hour)]
    private(set) var overwrittenEver = 0
    private(set) var lateEver = 0
    /// The second of the last change.
    private(set) var lastActive = 0

    /// `limit`: how many transactions and sessions are remembered.
    init(limit: Int) {
        spans = WriterSpans(limit: limit)
        sessions = WriterSessions(limit: limit)
    }

    /// `now` is by the database's clock, as the change's times are.
    func note(_ change: Change, now: Int64) {
        let second = Int(now / 1_000_000)
        lastActive = second
        sessions.note(change.backendPID, second: second)
        let told = spans.note(
            session: change.backendPID, began: change.transactionTime_microseconds, ended: now)
        if let told { keep(told) }
        let rows = Int32(clamping: change.rows)
        let late = self.late.note(change)
        lateEver += late
        edit(second) { tally in
            switch change.operation {
            case .insert: tally.inserted &+= rows
            case .update: tally.updated &+= rows
            case .delete: tally.deleted &+= rows
            default: break
            }
            tally.late &+= Int32(clamping: late)
        }
        if change.statementTime_microseconds > 0 {
            record(now - change.statementTime_microseconds, 1, second, in: &arrivals)
        }
    }

    func note(overwritten: Int, second: Int) {
        overwrittenEver += overwritten
        edit(second) { $0.overwritten &+= Int32(clamping: overwritten) }
    }

    func note(delivery_microseconds: Int64, streams: Int, second: Int) {
        record(delivery_microseconds, streams, second, in: &deliveries)
    }

    /// How much there was in a window that ends with `second`.
    func rows(_ window: MonitorWindow, second: Int) -> Int {
        switch window {
        case .minute: seconds.rows(endingAt: second)
        case .hour: minutes.rows(endingAt: second / 60)
        }
    }

    func report(_ window: MonitorWindow, second: Int) -> ActivityReport {
        if let told = spans.tell() { keep(told) }
        let tallies = tallies(window, second)
        let place = window == .minute ? 0 : 1
        let now = max(seconds.tally(at: second).overlap, seconds.tally(at: second - 1).overlap)
        return ActivityReport(
            total: tallies.reduce(into: Tally()) { $0.add($1) }, series: tallies.map(\.rows),
            sessions: sessions.count(since: second - window.seconds), overlap: Int(now),
            arrival: Quantiles(arrivals[place].merged(second: second)),
            delivery: Quantiles(deliveries[place].merged(second: second)))
    }

    private func tallies(_ window: MonitorWindow, _ second: Int) -> [Tally] {
        switch window {
        case .minute: seconds.window(endingAt: second)
        case .hour: minutes.window(endingAt: second / 60)
        }
    }

    private func keep(_ told: (second: Int, overlap: Int)) {
        edit(told.second) { $0.overlap = max($0.overlap, Int32(clamping: told.overlap)) }
    }

    private func edit(_ second: Int, _ edit: (inout Tally) -> Void) {
        seconds.edit(second, edit)
        minutes.edit(second / 60, edit)
    }

    private func record(_ microseconds: Int64, _ count: Int, _ second: Int, in histograms: inout [SlidingHistogram]) {
        for place in histograms.indices { histograms[place].record(microseconds, count: count, second: second) }
    }
}
