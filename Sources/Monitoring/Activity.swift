import ProjectSync

/// What writers have lately done to one project, or to all.
///
/// A class, so that a change edits it in place; it never leaves the monitor's lock.
final class Activity {
    private var tallies = RecentTallies()
    private var writers: Writers
    private var late = LateArrivals()
    private var arrivals = SlidingHistogram()
    private var deliveries = SlidingHistogram()
    /// Those of each second; nil where they are not told.
    private var series: (arrivals: LatencySeries, deliveries: LatencySeries)?
    private let timesArrivals: Bool
    private(set) var overwrittenEver = 0
    private(set) var lateEver = 0
    /// The second of the last change.
    private(set) var lastActive = 0

    /// `limit`: how many transactions and sessions are remembered. `timesArrivals`: whether it is told how long changes
    /// take to the cache, which does not depend on the project.
    init(limit: Int, timesArrivals: Bool) {
        writers = Writers(limit: limit)
        self.timesArrivals = timesArrivals
        series = timesArrivals ? (LatencySeries(), LatencySeries()) : nil
    }

    /// `now` is by the database's clock, as the change's times are.
    func note(_ change: Change, now: Int64) {
        let second = Int(now / 1_000_000)
        lastActive = second
        let told = writers.note(
            session: change.backendPID, began: change.transactionTime_microseconds, ended: now, rows: change.rows)
        if let told { keep(told) }
        let rows = Int32(clamping: change.rows)
        let late = self.late.note(change)
        lateEver += late
        tallies.edit(second) { tally in
            switch change.operation {
            case .insert: tally.inserted &+= rows
            case .update: tally.updated &+= rows
            case .delete: tally.deleted &+= rows
            default: break
            }
            tally.late &+= Int32(clamping: late)
        }
        if timesArrivals, change.statementTime_microseconds > 0 {
            let took = now - change.statementTime_microseconds
            arrivals.record(took, count: 1, second: second)
            series?.arrivals.record(took, count: 1, second: second)
        }
    }

    /// Everything but what counts for ever.
    func forgetTimes() {
        tallies = RecentTallies()
        writers = Writers(limit: writers.limit)
        arrivals = SlidingHistogram()
        deliveries = SlidingHistogram()
        if series != nil { series = (LatencySeries(), LatencySeries()) }
        lastActive = 0
    }

    func note(overwritten: Int, second: Int) {
        overwrittenEver += overwritten
        tallies.edit(second) { $0.overwritten &+= Int32(clamping: overwritten) }
    }

    func note(delivery_microseconds: Int64, streams: Int, second: Int) {
        deliveries.record(delivery_microseconds, count: streams, second: second)
        series?.deliveries.record(delivery_microseconds, count: streams, second: second)
    }

    /// How much there was in a window that ends with `second`.
    func rows(_ window: MonitorWindow, second: Int) -> Int {
        tallies.rows(window, endingAt: second)
    }

    /// The last write transactions that ended after a moment.
    func spans(since moment: Int64, atMost limit: Int) -> [WriteSpan] {
        writers.spans(since: moment, atMost: limit)
    }

    func report(_ window: MonitorWindow, second: Int) -> ActivityReport {
        if let told = writers.tell() { keep(told) }
        let parts = tallies.window(window, endingAt: second)
        let now = max(tallies.tally(at: second).overlap, tallies.tally(at: second - 1).overlap)
        return ActivityReport(
            total: parts.reduce(into: Tally()) { $0.add($1) }, perSecond: parts.map(\.rows),
            series: series.map {
                ActivitySeries(
                    tallies: parts, arrivals: $0.arrivals.window(window, endingAt: second),
                    deliveries: $0.deliveries.window(window, endingAt: second))
            },
            sessions: writers.count(since: second - window.seconds), overlap: Int(now),
            arrival: timesArrivals ? Quantiles(arrivals.merged(window, second: second)) : nil,
            delivery: Quantiles(deliveries.merged(window, second: second)))
    }

    private func keep(_ told: (second: Int, overlap: Int)) {
        tallies.edit(told.second) { $0.overlap = max($0.overlap, Int32(clamping: told.overlap)) }
    }
}
