/// What a read gets.
package struct Answer: Sendable {
    /// Where it came from, in the words of RFC 9211.
    package enum Source: Sendable {
        case hit
        case miss
        /// The client asked for a load of its own with `Cache-Control: no-cache`.
        case request
        /// Nothing is kept at the moment.
        case bypass
    }

    package let body: ProjectBody
    package let source: Source
    /// Whether the feed cannot vouch for it at the moment.
    package let isStale: Bool
    /// Whether it was true when it was loaded, by a feed that is not safe yet.
    package let isUnsafe: Bool
    /// When it was last known to be the database's state; nil: never since the daemon started.
    package let provenAt: ContinuousClock.Instant?
}

/// How a read ends.
package enum ReadOutcome: Sendable {
    case found(Answer)
    case unknown
    /// Nothing cached and no database to ask.
    case unavailable(reason: String)
}
