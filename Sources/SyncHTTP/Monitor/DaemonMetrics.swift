import Fanout
import Metrics
import Monitoring
import ProjectSync
import Synchronization

/// Reports the daemon's figures through swift-metrics whenever they are asked for.
///
/// What is counted under a lock or by threads that must not wait stays where it is; it is handed on from here.
final class DaemonMetrics: Sendable {
    /// Where the figures are.
    struct Sources: Sendable {
        let cache: ProjectCache
        let delivery: DeliveryCounters
        let writes: WriteCounters
        let monitor: Monitor
        let version: String
    }

    private let registry: MetricRegistry
    private let sources: Sources
    /// The totals that have been handed on.
    private let reported = Mutex<[String: Double]>([:])

    init(_ registry: MetricRegistry, _ sources: Sources) {
        self.registry = registry
        self.sources = sources
    }

    func text() -> String {
        let overview = sources.cache.overview
        collect(overview, now: .now)
        collect(overview.counts)
        collect(overview.doorbell, now: .now)
        collectDelivery()
        collectWrites()
        collectMonitor()
        collectProcess()
        return registry.text
    }

    private func collect(_ cache: CacheOverview, now: ContinuousClock.Instant) {
        gauge("cache_bytes", cache.size_bytes)
        gauge("cache_projects", cache.projects.count)
        gauge("cache_outstanding_projects", cache.outstanding)
        gauge("feed_live", cache.status == .live ? 1 : 0)
        if let provenAt = cache.provenAt { gauge("cache_age_seconds", (now - provenAt) / .seconds(1)) }
        if let oldest = cache.oldestCheck { gauge("audit_oldest_seconds", (now - oldest) / .seconds(1)) }
    }

    private func collect(_ counts: CacheCounts) {
        for operation in Change.Operation.allCases {
            let label = [("operation", operation.rawValue)]
            total("notifications_received_total", counts.notifications[operation, default: 0], label)
            total("rows_changed_total", counts.rows[operation, default: 0], label)
        }
        total("notifications_rejected_total", counts.rejected)
        total("changes_applied_total", counts.applied)
        total("changes_skipped_total", counts.skipped)
        total("changes_buffered_total", counts.buffered)
        total("cache_hits_total", counts.hits)
        total("cache_misses_total", counts.misses)
        total("cache_loads_total", counts.loads)
        total("cache_load_queries_total", counts.loadQueries)
        total("cache_evictions_total", counts.evictions)
        total("database_reconnects_total", counts.losses)
        total("resyncs_total", counts.resyncs)
        total("audit_runs_total", counts.audits)
        total("audit_divergences_total", counts.divergences)
        total("audit_loads_total", counts.auditLoads)
        total(
            "events_coalesced_total", counts.coalesced + sources.delivery.coalesced.load(ordering: .relaxed))
    }

    private func collect(_ doorbell: DoorbellReport, now: ContinuousClock.Instant) {
        for mode in DoorbellReport.Mode.allCases {
            gauge("doorbell_mode", mode == doorbell.mode ? 1 : 0, [("mode", mode.rawValue)])
        }
        total("doorbell_switches_total", doorbell.switches)
        total("changes_read_total", doorbell.rowsRead)
        if let readAt = doorbell.readAt { gauge("changes_read_age_seconds", (now - readAt) / .seconds(1)) }
        gauge("notification_queue_usage_ratio", doorbell.queueUsage)
        gauge("notify_lock_waiters", doorbell.notifiersWaiting)
        gauge("server_clock_ahead_seconds", Double(doorbell.serverClockAhead_microseconds) / 1_000_000)
    }

    private func collectDelivery() {
        let delivery = sources.delivery
        gauge("subscribers", delivery.subscribers.load(ordering: .relaxed))
        gauge("monitor_subscribers", MonitorWindow.allCases.reduce(0) { $0 + delivery.monitors($1) })
        total("events_sent_total", delivery.writes.load(ordering: .relaxed))
        total("sent_bytes_total", delivery.bytes.load(ordering: .relaxed))
        total("answers_at_once_total", delivery.answersAtOnce.load(ordering: .relaxed))
        total("streams_refused_total", delivery.streamsRefused.load(ordering: .relaxed))
        total("requests_refused_total", delivery.requestsRefused.load(ordering: .relaxed))
        total("requests_too_slow_total", delivery.slowRequests.load(ordering: .relaxed))
        total("connections_vanished_total", delivery.vanished.load(ordering: .relaxed))
        total("reactor_turns_total", delivery.turns.load(ordering: .relaxed))
        total("reactor_busy_seconds_total", Double(delivery.busy_nanoseconds.load(ordering: .relaxed)) / 1e9)
    }

    private func collectWrites() {
        for operation in WriteCounters.operations {
            for outcome in WriteCounters.outcomes {
                total(
                    "writes_total", sources.writes.total(operation, outcome),
                    [("operation", operation), ("outcome", outcome)])
            }
        }
    }

    private func collectMonitor() {
        let totals = sources.monitor.totals
        total("overwritten_images_total", totals.overwritten)
        total("late_rows_total", totals.late)
        let overall = sources.monitor.report(.minute, atMost: 0).overall
        gauge("writing_sessions", overall.sessions)
        gauge("write_overlap", Int(overall.total.overlap))
    }

    private func collectProcess() {
        gauge("build_info", 1, [("version", sources.version)])
        let process = ProcessFigures.now
        total("process_cpu_seconds_total", process.cpu_seconds, prefix: "")
        gauge("process_resident_memory_bytes", process.resident_bytes, prefix: "")
        gauge("process_virtual_memory_bytes", process.virtual_bytes, prefix: "")
        gauge("process_threads", process.threads, prefix: "")
        gauge("process_open_fds", process.openDescriptors, prefix: "")
        gauge("process_max_fds", process.mostDescriptors, prefix: "")
        gauge("process_start_time_seconds", process.start_seconds, prefix: "")
    }

    private func gauge(
        _ name: String, _ value: some BinaryInteger, _ labels: [(String, String)] = []
    ) {
        gauge(name, Double(value), labels)
    }

    private func gauge(
        _ name: String, _ value: Double, _ labels: [(String, String)] = [], prefix: String = "scenesync_"
    ) {
        Meter(label: prefix + name, dimensions: labels, factory: registry).set(value)
    }

    private func total(_ name: String, _ value: Int, _ labels: [(String, String)] = []) {
        total(name, Double(value), labels)
    }

    /// Counts what has come since it was last told.
    private func total(
        _ name: String, _ value: Double, _ labels: [(String, String)] = [], prefix: String = "scenesync_"
    ) {
        let key = labels.reduce(name) { $0 + " " + $1.1 }
        reported.withLock { reported in
            let counter = FloatingPointCounter(label: prefix + name, dimensions: labels, factory: registry)
            let more = value - reported[key, default: 0]
            if more > 0 {
                counter.increment(by: more)
                reported[key] = value
            }
        }
    }
}
