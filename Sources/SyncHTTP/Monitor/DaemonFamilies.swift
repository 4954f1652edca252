import Monitoring

/// The metrics of the daemon, each with what it says.
enum DaemonFamilies {
    static let all = changes + DeliveryTimes.families + cache + streams + database + writes + process

    private static let changes = [
        counter("notifications_received_total", "Changes that were announced, by either way, by operation."),
        counter("notifications_rejected_total", "Announcements that were not ours, or could not be read."),
        counter("rows_changed_total", "Rows as statements touched them, by operation."),
        counter("changes_applied_total", "Changes applied to a project in memory."),
        counter("changes_skipped_total", "Changes that the load already held."),
        counter("changes_buffered_total", "Changes that arrived while a load was on its way."),
        counter("changes_read_total", "Changes read from the table of busy times."),
        gauge("changes_read_age_seconds", "Seconds since the last complete reading of that table was begun."),
        counter("overwritten_images_total", "Pictures of projects in memory that another one took the place of."),
        counter("late_rows_total", "Rows of transactions that had begun before their scene was emptied."),
        gauge("writing_sessions", "Sessions that have written within the last minute."),
        gauge("write_overlap", "The most write transactions that were open at one moment of the last minute."),
    ]

    private static let cache = [
        counter("cache_hits_total", "Reads answered from memory."),
        counter("cache_misses_total", "Reads that waited for a load."),
        counter("cache_loads_total", "Projects loaded from the database."),
        counter("cache_load_queries_total", "Queries that loaded one or many projects."),
        counter("cache_evictions_total", "Projects dropped to make room."),
        gauge("cache_bytes", "Bytes of projects in memory and their history."),
        gauge("cache_projects", "Projects in memory."),
        gauge("cache_outstanding_projects", "Watched projects that have to be loaded anew before they are live."),
        gauge("cache_age_seconds", "Seconds since what is in memory was last known to be the database's state."),
    ]

    private static let streams = [
        gauge("subscribers", "Open event streams, the monitor's among them."),
        gauge("monitor_subscribers", "Open event streams of the monitor."),
        counter("events_sent_total", "Events written to streams."),
        counter("sent_bytes_total", "Bytes written to sockets."),
        counter("events_coalesced_total", "Events that newer ones replaced before they were sent."),
        counter("answers_at_once_total", "Requests answered by the thread that read them."),
        counter("streams_refused_total", "Streams that were over a limit."),
        counter("requests_refused_total", "Requests that were malformed, too large, or too many at a time."),
        counter("requests_too_slow_total", "Requests that took too long to come."),
        counter("connections_vanished_total", "Connections whose client had vanished without a word."),
        counter("reactor_turns_total", "Times that a thread of sockets has looked at what had come."),
        counter("reactor_busy_seconds_total", "Seconds that the threads of sockets have worked."),
        counter("event_loop_ticks_total", "Turns of the event loops that serve what is not a plain read or stream."),
        counter("event_loop_busy_seconds_total", "Seconds that these event loops have worked."),
    ]

    private static let database = [
        gauge("feed_live", "1 while the feed is live."),
        counter("database_reconnects_total", "Times that the database was lost after it had been live."),
        counter("resyncs_total", "Times that everything was revalidated."),
        counter("audit_runs_total", "Comparisons of a project in memory with the database."),
        counter("audit_divergences_total", "Comparisons that found what nobody had announced."),
        counter("audit_loads_total", "Comparisons for which the project had to be read."),
        gauge("audit_oldest_seconds", "Seconds since the project that was compared or loaded longest ago was so."),
        gauge("doorbell_mode", "1 for the way by which changes come."),
        counter("doorbell_switches_total", "Changes of that way."),
        gauge("notification_queue_usage_ratio", "How full PostgreSQL's queue of notifications is, from 0 to 1."),
        gauge("notify_lock_waiters", "Sessions that waited for the lock of a NOTIFY when it was last looked."),
        gauge("server_clock_ahead_seconds", "Seconds by which the database's clock is ahead of the daemon's."),
    ]

    private static let writes = [
        counter("writes_total", "Writes that clients asked for, by operation and outcome.")
    ]

    private static let process = [
        gauge("build_info", "1, with the version as a label."),
        MetricFamily("process_cpu_seconds_total", .counter, "Seconds of processor time, user and system."),
        MetricFamily("process_resident_memory_bytes", .gauge, "Bytes of memory that are resident."),
        MetricFamily("process_virtual_memory_bytes", .gauge, "Bytes of virtual memory."),
        MetricFamily("process_threads", .gauge, "Threads."),
        MetricFamily("process_open_fds", .gauge, "Open file descriptors."),
        MetricFamily("process_max_fds", .gauge, "The most file descriptors that may be open."),
        MetricFamily("process_start_time_seconds", .gauge, "When the process started, in seconds since 1970."),
    ]

    private static func counter(_ name: String, _ help: String) -> MetricFamily {
        MetricFamily("scenesync_" + name, .counter, help)
    }

    private static func gauge(_ name: String, _ help: String) -> MetricFamily {
        MetricFamily("scenesync_" + name, .gauge, help)
    }
}

extension MetricRegistry {
    /// One that knows the daemon's metrics.
    package convenience init() {
        self.init(DaemonFamilies.all)
    }
}
