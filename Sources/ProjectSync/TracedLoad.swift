/// A state of a project that came from the database as a whole.
package struct TracedLoad: Sendable {
    package enum Cause: Sendable {
        case load
        /// The audit found that the cache had something else.
        case repair
    }

    package let cause: Cause
    package let snapshot: TransactionSnapshot
    package let at: ContinuousClock.Instant
    /// nil: there was nothing new for subscribers in it.
    package let publication: TracedChange.Publication?
}
