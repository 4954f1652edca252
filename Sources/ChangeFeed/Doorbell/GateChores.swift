/// Decides what the gate does next: first what the doorbell wants, then what can wait.
struct GateChores {
    enum Chore: Equatable {
        case task(Doorbell.Task)
        /// Removes what every daemon has read.
        case prune(Horizon.Span)
        /// Removes what says nothing any more.
        case tidy
        /// Counts the sessions that wait for each other's notifications.
        case countWaiting
        case ping
    }

    private static let pruneInterval = Duration.seconds(2)
    private static let tidyInterval = Duration.seconds(600)

    private var pruned: ContinuousClock.Instant
    private var nextTidying: ContinuousClock.Instant
    private var pinged: ContinuousClock.Instant

    init(now: ContinuousClock.Instant) {
        (pruned, nextTidying, pinged) = (now, now + Self.tidyInterval, now)
    }

    /// nil: nothing for now. What is returned counts as done.
    mutating func next(
        _ doorbell: inout Doorbell, _ horizon: inout Horizon, now: ContinuousClock.Instant
    ) -> Chore? {
        if let task = doorbell.nextTask(now: now) { return .task(task) }
        if doorbell.isDeciding, now - pruned >= Self.pruneInterval {
            pruned = now
            if let span = horizon.next(now: now) { return .prune(span) }
        }
        if doorbell.isDeciding, now >= nextTidying {
            nextTidying = now + Self.tidyInterval
            return .tidy
        }
        if doorbell.isWatchDue(now: now) { return .countWaiting }
        if now - pinged >= FeedSessions.pingInterval {
            pinged = now
            return .ping
        }
        return nil
    }

    /// There is more to be tidied than a turn's worth: soon, but not at once.
    mutating func tidySoon(now: ContinuousClock.Instant) {
        nextTidying = now + Self.pruneInterval
    }
}
