import Synchronization

/// Counts the streams that something published has been handed to, by whichever threads do so.
package final class Handout: Sendable {
    private let count = Atomic<Int>(0)
    private let after_nanoseconds = Atomic<Int64>(0)
    private let publishedAt: ContinuousClock.Instant

    package init(now: ContinuousClock.Instant = .now) {
        publishedAt = now
    }

    /// How many streams have been handed it.
    package var streams: Int { count.load(ordering: .acquiring) }

    /// When it was last handed to some; nil if it was to none.
    package var at: ContinuousClock.Instant? {
        guard streams > 0 else { return nil }
        return publishedAt + .nanoseconds(after_nanoseconds.load(ordering: .relaxed))
    }

    /// It has been handed to so many more.
    package func note(streams: Int, at now: ContinuousClock.Instant) {
        guard streams > 0 else { return }
        let (seconds, attoseconds) = (now - publishedAt).components
        after_nanoseconds.max(seconds * 1_000_000_000 + attoseconds / 1_000_000_000, ordering: .relaxed)
        count.add(streams, ordering: .acquiringAndReleasing)
    }
}
