/// What the feed can vouch for at the moment.
package enum FeedStatus: Equatable, Sendable {
    /// The first attempt to reach the database is under way.
    case connecting
    /// Listening, but a transaction that is still open may not have announced what it did: `reason` names it. Loads are
    /// true when they are made, and not kept.
    case unsafe(since: String, reason: String)
    /// Listening; what is revalidated is live.
    case live
    /// The database was lost, or was never reached; `since` is an RFC 3339 time.
    case stale(since: String, reason: String)
}
