/// By which way changes come, for metrics and the dashboard.
package struct DoorbellReport: Sendable {
    package enum Mode: String, Sendable, CaseIterable {
        /// Each change is a notification.
        case quiet
        /// Writers put their changes into a table, so that no commit waits for another one.
        case busy
    }

    package var mode = Mode.busy
    /// How often the mode has changed since the daemon started.
    package var switches = 0
    /// Changes that were read from the table.
    package var rowsRead = 0
    /// When the last complete reading of the table was begun.
    package var readAt: ContinuousClock.Instant?
    /// How full PostgreSQL's queue of notifications is, from 0 to 1.
    package var queueUsage = 0.0
    /// Sessions that waited for the lock of a NOTIFY's commit when it was last looked.
    package var notifiersWaiting = 0
    /// By how much the server's clock is ahead of ours.
    package var serverClockAhead_microseconds: Int64 = 0

    package init() {}
}
