/// A change that was heard of a project in memory, and what the cache did with it.
package struct TracedChange: Sendable {
    package enum Fate: Sendable {
        case applied
        /// There is nothing else at its places than before: the same URLs, or newer ones.
        case unchanged
        /// The load that the state began with had it already.
        case held
        /// A load has to tell, or is on its way.
        case awaitsLoad
    }

    /// What was published to the subscribers of the moment.
    package struct Publication: Sendable {
        /// The project's place in its log after it.
        package let position: UInt64
        package let subscribers: Int
        package let at: ContinuousClock.Instant
        /// Whom it has been handed to so far; nil where nobody subscribed.
        package let handout: Handout?
    }

    /// Without its places where those are too many to be kept.
    package let change: Change
    package let fate: Fate
    package let at: ContinuousClock.Instant
    /// Counts the changes that the project has heard.
    let number: UInt64
    package let isShortened: Bool
    let size_bytes: Int

    init(_ change: Change, _ fate: Fate, number: UInt64, at: ContinuousClock.Instant) {
        let kept = change.bounded(to: ProjectTrace.limit_bytes / 4)
        self.change = kept.change
        isShortened = kept.isShortened
        self.fate = fate
        self.number = number
        self.at = at
        size_bytes = MemoryLayout<TracedChange>.stride + kept.size_bytes
    }
}

extension Change {
    fileprivate func bounded(to limit_bytes: Int) -> (change: Change, size_bytes: Int, isShortened: Bool) {
        switch effect {
        case .reload:
            return (self, 0, false)
        case .rereadScenes(let scenes):
            let size = scenes.count * 4
            return size <= limit_bytes ? (self, size, false) : (replacing(.reload), 0, true)
        case .images(let set, let gone, let lost):
            let size = set.reduce(gone.count * 8 + lost.count * 16) { $0 + $1.url.literal.count + 48 }
            return size <= limit_bytes ? (self, size, false) : (replacing(.reload), 0, true)
        }
    }

    private func replacing(_ effect: Effect) -> Change {
        var change = Change(
            operation: operation, project: project, xid: xid, n: n,
            statementTime_microseconds: statementTime_microseconds,
            transactionTime_microseconds: transactionTime_microseconds, backendPID: backendPID, rows: rows,
            effect: effect)
        change.arrival = arrival
        return change
    }
}
