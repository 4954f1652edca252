import ProjectSync

/// Keeps what is told of the doorbell, for metrics and the dashboard.
struct DoorbellAccount {
    private(set) var report: DoorbellReport
    private var serverClock = ServerClock()

    /// Goes on from what earlier connections have told.
    init(_ report: DoorbellReport) {
        self.report = report
    }

    mutating func note(_ look: DoorbellLook, sentAt: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        serverClock.note(
            server_microseconds: look.server_microseconds, ours_microseconds: WallTime.now.microseconds,
            roundTrip: now - sentAt, now: now)
        report.queueUsage = look.queueUsage
        report.notifiersWaiting = look.notifiersWaiting
        report.serverClockAhead_microseconds = serverClock.ahead_microseconds
    }

    mutating func note(notifiersWaiting: Int) {
        report.notifiersWaiting = notifiersWaiting
    }

    mutating func note(_ reading: ChangeTable.Reading, sentAt: ContinuousClock.Instant) {
        report.rowsRead += reading.changes.count
        report.readAt = sentAt
    }

    /// Whether that is another mode than before.
    mutating func settle(_ mode: DoorbellReport.Mode) -> Bool {
        guard mode != report.mode else { return false }
        report.mode = mode
        report.switches += 1
        return true
    }
}
