import ProjectSync

/// Knows which changes every daemon has read: those that a reading of a minute ago saw, as a daemon whose last reading
/// is half as old begins anew.
struct Horizon {
    /// The changes that became visible after one reading, up to another; from the beginning if there was none before.
    struct Span: Equatable {
        let previous: String?
        let now: String
    }

    static let age = Duration.seconds(60)
    /// A daemon that has not read for so long may have missed what was pruned.
    static let patience = Duration.seconds(30)
    private static let interval = Duration.seconds(2)

    private var readings: [(sentAt: ContinuousClock.Instant, snapshot: String)] = []
    private var pruned: String?

    mutating func note(_ snapshot: String, sentAt: ContinuousClock.Instant) {
        if let last = readings.last, sentAt - last.sentAt < Self.interval { return }
        readings.append((sentAt, snapshot))
    }

    /// What may be removed now, if anything; it counts as removed.
    mutating func next(now: ContinuousClock.Instant) -> Span? {
        guard let last = readings.lastIndex(where: { now - $0.sentAt >= Self.age }) else { return nil }
        defer {
            pruned = readings[last].snapshot
            readings.removeFirst(last + 1)
        }
        return Span(previous: pruned, now: readings[last].snapshot)
    }
}
