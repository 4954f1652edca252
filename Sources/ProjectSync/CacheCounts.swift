/// What the cache has seen and done since the daemon started.
package struct CacheCounts: Sendable {
    package var hits = 0
    package var misses = 0
    package var loads = 0
    /// Batches of them, each one query.
    package var loadQueries = 0
    package var evictions = 0
    /// Notifications of changes, and the rows that their statements touched, by operation.
    package var notifications: [Change.Operation: Int] = [:]
    package var rows: [Change.Operation: Int] = [:]
    /// Notifications that could not be read.
    package var rejected = 0
    /// Changes applied to a warm project.
    package var applied = 0
    /// Changes that the load already held.
    package var skipped = 0
    /// Changes that arrived while a load was on its way.
    package var buffered = 0
    /// Times that the feed was lost after it had been live.
    package var losses = 0
    package var resyncs = 0
    /// Comparisons with the database that came to an end, and those that found something else there.
    package var audits = 0
    package var divergences = 0
    /// Projects that were read for it: the others were as they were known.
    package var auditLoads = 0
    /// Subscribers that could not keep up and were caught up with the newest state.
    package var coalesced = 0
}
