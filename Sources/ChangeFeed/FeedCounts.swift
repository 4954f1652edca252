import ProjectSync

/// What the feed has heard since the daemon started.
package struct FeedCounts: Sendable {
    package var notifications: [Change.Operation: Int] = [:]
    package var rows: [Change.Operation: Int] = [:]
    package var rejected = 0
    package var reconnects = 0

    mutating func count(_ change: Change) {
        notifications[change.operation, default: 0] += 1
        rows[change.operation, default: 0] += change.rows
    }
}
