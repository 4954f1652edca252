import Fanout
import ProjectSync
import Synchronization

/// The body of `GET /metrics`, in Prometheus' text format.
struct MetricsText {
    private(set) var text = ""

    init(_ cache: CacheOverview, _ delivery: DeliveryCounters, now: ContinuousClock.Instant = .now) {
        let counts = cache.counts
        byOperation("notifications_received_total", "Notifications of changes", counts.notifications)
        add("notifications_rejected_total", "counter", "Notifications that could not be read", counts.rejected)
        byOperation("rows_changed_total", "Rows as statements touched them", counts.rows)
        add("changes_applied_total", "counter", "Changes applied to a cached project", counts.applied)
        add("changes_skipped_total", "counter", "Changes that the load already held", counts.skipped)
        add("changes_buffered_total", "counter", "Changes that arrived while a load was on its way", counts.buffered)
        add("cache_hits_total", "counter", "Reads answered from memory", counts.hits)
        add("cache_misses_total", "counter", "Reads that waited for a load", counts.misses)
        add("cache_loads_total", "counter", "Projects loaded from the database", counts.loads)
        add("cache_load_queries_total", "counter", "Queries that loaded one or many projects", counts.loadQueries)
        add("cache_evictions_total", "counter", "Projects dropped to make room", counts.evictions)
        add("cache_bytes", "gauge", "Memory of cached projects and their history, in bytes", cache.size_bytes)
        add("cache_projects", "gauge", "Projects in memory", cache.projects.count)
        add("subscribers", "gauge", "Open event streams", delivery.subscribers.load(ordering: .relaxed))
        add("events_sent_total", "counter", "Frames written to streams", delivery.writes.load(ordering: .relaxed))
        add("sent_bytes_total", "counter", "Bytes written to streams", delivery.bytes.load(ordering: .relaxed))
        add(
            "events_coalesced_total", "counter", "Events that newer ones replaced before they were sent",
            counts.coalesced + delivery.coalesced.load(ordering: .relaxed))
        add(
            "answers_at_once_total", "counter", "Requests answered by the thread that read them",
            delivery.answersAtOnce.load(ordering: .relaxed))
        add(
            "streams_refused_total", "counter", "Streams that were over a limit",
            delivery.streamsRefused.load(ordering: .relaxed))
        add(
            "requests_refused_total", "counter", "Requests that were malformed, too large, or too many at a time",
            delivery.requestsRefused.load(ordering: .relaxed))
        add(
            "requests_too_slow_total", "counter", "Requests that took too long to come",
            delivery.slowRequests.load(ordering: .relaxed))
        add("database_reconnects_total", "counter", "Times the database was lost", counts.losses)
        add("resyncs_total", "counter", "Times everything was revalidated", counts.resyncs)
        byMode(cache.doorbell.mode)
        add("doorbell_switches_total", "counter", "Changes of the doorbell's mode", cache.doorbell.switches)
        add("changes_read_total", "counter", "Changes read from the table of busy times", cache.doorbell.rowsRead)
        if let readAt = cache.doorbell.readAt {
            let age = (now - readAt) / .milliseconds(1)
            describe(
                "changes_read_age_seconds", "gauge", "Time since the last complete reading of that table was begun")
            text += "scenesync_changes_read_age_seconds \(age / 1_000)\n"
        }
        add("feed_live", "gauge", "1 while the feed is live", cache.status == .live ? 1 : 0)
    }

    private mutating func add(_ name: String, _ type: String, _ help: String, _ value: Int) {
        describe(name, type, help)
        text += "scenesync_\(name) \(value)\n"
    }

    private mutating func byOperation(_ name: String, _ help: String, _ values: [Change.Operation: Int]) {
        describe(name, "counter", help)
        for operation in Change.Operation.allCases {
            text += "scenesync_\(name){operation=\"\(operation.rawValue)\"} \(values[operation, default: 0])\n"
        }
    }

    private mutating func byMode(_ current: DoorbellReport.Mode) {
        describe("doorbell_mode", "gauge", "1 for the way by which changes come")
        for mode in DoorbellReport.Mode.allCases {
            text += "scenesync_doorbell_mode{mode=\"\(mode.rawValue)\"} \(mode == current ? 1 : 0)\n"
        }
    }

    private mutating func describe(_ name: String, _ type: String, _ help: String) {
        text += "# HELP scenesync_\(name) \(help).\n# TYPE scenesync_\(name) \(type)\n"
    }
}
