import Postgres

/// Why the feed cannot vouch for the cache any more. Each case means: revalidate everything.
package enum FeedError: Error, CustomStringConvertible {
    case connectionLost(String)
    case canaryMissed(after: Duration)
    /// The lock that tells writers that somebody listens may have been free for a moment.
    case gateLost(String)
    /// Changes that this daemon has not read may have been pruned.
    case fellBehind(by: Duration)
    /// Connections that should be to one server are to several.
    case differentServers
    /// `scenesync migrate` has not been run, or not for this role.
    case notMigrated(String)

    package var description: String {
        switch self {
        case .connectionLost(let reason): reason
        case .canaryMissed(let after): "the listener has not heard its own notification for \(after)"
        case .gateLost(let reason): reason
        case .fellBehind(let by): "the table of changes was last read \(by) ago"
        case .differentServers: "the connection string leads to different servers; the feed needs one primary"
        case .notMigrated(let reason): "\(reason); run `scenesync migrate`, with --daemon-role for this role"
        }
    }
}
