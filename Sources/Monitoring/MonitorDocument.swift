import ProjectSync

/// The body of `GET /v1/monitor`, which the stream sends too.
package enum MonitorDocument {
    private static let mostProjects = 100

    /// What no figure here can show.
    private static let unseen = [
        "Statements that failed or were rolled back: they leave no trace outside of their transaction.",
        "Writes that no trigger saw: replica role, triggers disabled, straight to a partition.",
        "Overwritten pictures of projects that are not in memory, and changes made while the database was lost.",
    ]

    /// One line of JSON.
    package static func render(_ window: MonitorWindow, _ monitor: Monitor, _ cache: ProjectCache) -> String {
        let clock = WallClock()
        let report = monitor.report(window, atMost: mostProjects)
        let overview = cache.overview
        let watchers = Dictionary(
            overview.projects.map { ($0.id, $0.watchers) }, uniquingKeysWith: { first, _ in first })
        let listed = report.projects.map(\.id) + quiet(overview, beside: Set(report.projects.map(\.id)))
        let progress = cache.progress(of: listed)
        let activities = Dictionary(
            report.projects.map { ($0.id, $0.activity) }, uniquingKeysWith: { first, _ in first })
        let projects = listed.map { id in
            let audit = cache.audit(of: id) ?? ProjectAudit(last: nil, divergences: 0)
            let members = fields(
                activities[id], window, watchers[id] ?? 0, progress.byProject[id], audit, clock)
            return "{\"project_id\": \"\(id)\", \(members)}"
        }
        // Since then each project in memory has been compared.
        let audit = ProjectAudit(last: overview.oldestCheck, divergences: overview.counts.divergences)
        let overall = fields(
            report.overall, window, overview.projects.reduce(0) { $0 + $1.watchers }, progress.overall, audit, clock)
        return """
            {"at": "\(WallTime.now.rfc3339)", "window": "\(window.rawValue)", "live": \(overview.status == .live), \
            "mode": "\(overview.doorbell.mode.rawValue)", "overall": {\(overall)}, \
            "projects": [\(projects.joined(separator: ", "))], \
            "unseen": [\(unseen.map(JSONText.string).joined(separator: ", "))]}
            """
    }

    /// Projects in memory that nobody has written to, the most watched first.
    private static func quiet(_ overview: CacheOverview, beside busy: Set<ProjectID>) -> [ProjectID] {
        let left = mostProjects - busy.count
        guard left > 0 else { return [] }
        return overview.projects.filter { !busy.contains($0.id) }.sorted { $0.watchers > $1.watchers }.prefix(left)
            .map(\.id)
    }

    private static func fields(
        _ activity: ActivityReport?, _ window: MonitorWindow, _ subscribers: Int, _ progress: SceneProgress?,
        _ audit: ProjectAudit, _ clock: WallClock
    ) -> String {
        let total = activity?.total ?? Tally()
        let series = activity?.series ?? [Int](repeating: 0, count: 60)
        let scenes = progress.map {
            "{\"total\": \($0.scenes), \"complete\": \($0.complete), \"with_holes\": \($0.withHoles)}"
        }
        return """
            "inserted": \(total.inserted), "updated": \(total.updated), "overwritten": \(total.overwritten), \
            "deleted": \(total.deleted), "late": \(total.late), \
            "per_second": [\(series.map { perSecond($0, window) }.joined(separator: ", "))], \
            "sessions": \(activity?.sessions ?? 0), "overlap": \(activity?.overlap ?? 0), \
            "overlap_peak": \(total.overlap), \(activity?.arrival.map { "\"arrival_seconds\": \(quantiles($0)), " } ?? "")\
            "delivery_seconds": \(quantiles(activity?.delivery)), "scenes": \(scenes ?? "null"), \
            "subscribers": \(subscribers), \
            "audit": {"last": \(audit.last.map { "\"\(clock.time(of: $0).rfc3339)\"" } ?? "null"), \
            "divergences": \(audit.divergences)}
            """
    }

    /// Each of the sixty parts of an hour is a minute.
    private static func perSecond(_ rows: Int, _ window: MonitorWindow) -> String {
        window == .minute ? String(rows) : decimal(Int64(rows) * 100 / 60, places: 2)
    }

    private static func quantiles(_ quantiles: Quantiles?) -> String {
        func seconds(_ microseconds: Int64?) -> String { microseconds.map { decimal($0, places: 6) } ?? "null" }
        return """
            {"p50": \(seconds(quantiles?.p50_microseconds)), "p90": \(seconds(quantiles?.p90_microseconds)), \
            "p99": \(seconds(quantiles?.p99_microseconds))}
            """
    }

    /// A number whose last digits are behind the point.
    private static func decimal(_ number: Int64, places: Int) -> String {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return padded.dropLast(places) + "." + padded.suffix(places)
    }
}
