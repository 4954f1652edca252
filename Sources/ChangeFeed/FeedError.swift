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
    /// What is notified does not come back: somebody between us and the server swallows LISTEN.
    case deaf
    /// A pooler does not let sessions in that come with settings.
    case refusedByPooler(String)
    case onlyReads
    /// `scenesync migrate` has not been run, or not for this role.
    case notMigrated(String)

    package static let poolerCure =
        "connect to the server itself, or to a pooler in session mode; "
        + "with Supabase by port 5432 (direct, or the pooler's session mode), not 6543 (transaction mode)"
    package static let primaryCure =
        "let the connection string lead to the primary; of several hosts, target_session_attrs=read-write picks it"

    package var description: String {
        switch self {
        case .connectionLost(let reason): reason
        case .canaryMissed(let after): "the listener has not heard its own notification for \(after)"
        case .gateLost(let reason): reason
        case .fellBehind(let by): "the table of changes was last read \(by) ago"
        case .differentServers: "the connection string leads to different servers; the feed needs one primary"
        case .deaf:
            "a notification did not come back: a pooler in transaction mode swallows LISTEN; \(Self.poolerCure)"
        case .refusedByPooler(let reason):
            "a pooler does not let the daemon's sessions in (\(reason)); \(Self.poolerCure), "
                + "and have PgBouncer ignore_startup_parameters = options"
        case .onlyReads:
            "the server takes no writes: it is a standby, or default_transaction_read_only is on; \(Self.primaryCure)"
        case .notMigrated(let reason): "\(reason); run `scenesync migrate`, with --daemon-role for this role"
        }
    }
}
