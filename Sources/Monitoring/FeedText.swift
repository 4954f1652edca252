import ProjectSync

/// The members of the monitor's document that tell how the feed stands, and what is in memory.
struct FeedText {
    let overview: CacheOverview

    var members: String {
        """
        "feed": {"state": "\(state.name)", "since": \(Self.string(state.since)), "reason": \(Self.string(state.reason)), \
        "age_seconds": \(age ?? "null"), "losses": \(overview.counts.losses), "outstanding": \(overview.outstanding)}, \
        "doorbell": {"switches": \(overview.doorbell.switches), "waiting": \(overview.doorbell.notifiersWaiting), \
        "queue_usage": \(overview.doorbell.queueUsage)}, \
        "memory": {"projects": \(overview.projects.count), "bytes": \(overview.size_bytes)}
        """
    }

    private var state: (name: String, since: String?, reason: String?) {
        switch overview.status {
        case .connecting: ("connecting", nil, nil)
        case .unsafe(let since, let reason): ("unsafe", since, reason)
        case .live: ("live", nil, nil)
        case .stale(let since, let reason): ("stale", since, reason)
        }
    }

    /// How long ago memory was last known to be the database's state.
    private var age: String? {
        overview.provenAt.map { Decimal.text(Int64((.now - $0) / .milliseconds(1)), places: 3) }
    }

    private static func string(_ text: String?) -> String {
        text.map { JSONText.string($0) } ?? "null"
    }
}
