import ProjectSync

/// What the monitor's lock guards: the activity of all projects together, and of the busiest by themselves.
struct MonitorState {
    /// How many projects are kept from one second to the next, and how many more may come within it.
    static let kept = 1_024
    static let newcomers = 1_024
    private static let spansOfAll = 4_096
    private static let spansOfOne = 256
    /// Nothing is shown of a project that was idle for so long.
    private static let memory_seconds = 3_600
    /// By how much the database's clock may be measured otherwise than before.
    private static let clockSlack_seconds = 5

    private(set) var overall = Activity(limit: spansOfAll, timesArrivals: true)
    private(set) var projects: [ProjectID: Activity] = [:]
    private(set) var serverClockAhead_microseconds: Int64 = 0
    private var prunedAt = 0

    /// `now` is by our clock.
    mutating func note(_ changes: [Change], overwritten: [ProjectID: Int], now: Int64) {
        let now = now + serverClockAhead_microseconds
        let second = Int(now / 1_000_000)
        prune(second)
        for change in changes {
            overall.note(change, now: now)
            if let id = change.project { activity(of: id)?.note(change, now: now) }
        }
        for (id, count) in overwritten {
            overall.note(overwritten: count, second: second)
            projects[id]?.note(overwritten: count, second: second)
        }
    }

    /// A reactor may be sooner to tell of a delivery than the feed of the change.
    mutating func note(_ delivery: Delivery, now: Int64) -> Int64 {
        let now = now + serverClockAhead_microseconds
        let second = Int(now / 1_000_000)
        let took = max(0, now - delivery.writtenAt_microseconds)
        overall.note(delivery_microseconds: took, streams: delivery.streams, second: second)
        activity(of: delivery.project)?.note(delivery_microseconds: took, streams: delivery.streams, second: second)
        return took
    }

    mutating func measured(serverClockAhead_microseconds: Int64) {
        self.serverClockAhead_microseconds = serverClockAhead_microseconds
    }

    /// The busiest come first. `now` is by our clock.
    mutating func report(_ window: MonitorWindow, atMost limit: Int, now: Int64) -> MonitorReport {
        let second = Int((now + serverClockAhead_microseconds) / 1_000_000)
        let busiest = ranked(window, second).prefix(limit).map {
            (id: $0.id, activity: $0.activity.report(window, second: second))
        }
        return MonitorReport(window: window, overall: overall.report(window, second: second), projects: busiest)
    }

    /// Of one project alone.
    mutating func report(_ window: MonitorWindow, of id: ProjectID, now: Int64) -> MonitorReport {
        let second = Int((now + serverClockAhead_microseconds) / 1_000_000)
        let activity = projects[id].flatMap { $0.lastActive > second - window.seconds ? $0 : nil }
        return MonitorReport(
            window: window, overall: overall.report(window, second: second),
            projects: activity.map { [(id: id, activity: $0.report(window, second: second))] } ?? [])
    }

    /// By our clock.
    func spans(of id: ProjectID, since moment: Int64, atMost limit: Int) -> [WriteSpan] {
        let ahead = serverClockAhead_microseconds
        return projects[id]?.spans(since: moment + ahead, atMost: limit).map { $0.moved(by: -ahead) } ?? []
    }

    /// nil while more projects come at once than are followed; they count for all together.
    private mutating func activity(of id: ProjectID) -> Activity? {
        if let activity = projects[id] { return activity }
        guard projects.count < Self.kept + Self.newcomers else { return nil }
        let activity = Activity(limit: Self.spansOfOne, timesArrivals: false)
        projects[id] = activity
        return activity
    }

    private mutating func prune(_ second: Int) {
        if second < prunedAt - Self.clockSlack_seconds { forget() }
        guard second > prunedAt else { return }
        prunedAt = second
        guard projects.count > Self.kept else { return }
        projects = projects.filter { $0.value.lastActive > second - Self.memory_seconds }
        for (id, _, _) in ranked(.hour, second).dropFirst(Self.kept) { projects[id] = nil }
    }

    /// The database's clock went back, as with another server: what was noted would hide what comes for so long.
    private mutating func forget() {
        overall.forgetTimes()
        projects = [:]
        prunedAt = 0
    }

    private func ranked(_ window: MonitorWindow, _ second: Int) -> [(id: ProjectID, activity: Activity, rows: Int)] {
        projects.filter { $0.value.lastActive > second - min(window.seconds, Self.memory_seconds) }
            .map { ($0.key, $0.value, $0.value.rows(window, second: second)) }
            .sorted { ($0.rows, $0.activity.lastActive) > ($1.rows, $1.activity.lastActive) }
    }
}
