import ProjectSync

/// The body of `GET /v1/monitor`, which the stream sends too.
package struct MonitorDocument {
    private static let mostProjects = 100
    private static let mostTransactions = 200
    private static let transactions_seconds = 60

    /// What no figure here can show.
    private static let unseen = [
        "Statements that failed or were rolled back: they leave no trace outside of their transaction.",
        "Writes that no trigger saw: replica role, triggers disabled, straight to a partition.",
        "Overwritten pictures of projects that are not in memory, and changes made while the database was lost.",
    ]

    private let window: MonitorWindow
    private let monitor: Monitor
    private let cache: ProjectCache
    private let clock = WallClock()

    package init(_ window: MonitorWindow, _ monitor: Monitor, _ cache: ProjectCache) {
        self.window = window
        self.monitor = monitor
        self.cache = cache
    }

    /// One line of JSON, of all or of one project with its last write transactions.
    package func render(only project: ProjectID? = nil) -> String {
        let report = project.map { monitor.report(window, of: $0) } ?? monitor.report(window, atMost: Self.mostProjects)
        let overview = cache.overview
        let watchers = Dictionary(
            overview.projects.map { ($0.id, $0.watchers) }, uniquingKeysWith: { first, _ in first })
        let listed =
            if let project {
                report.projects.isEmpty && watchers[project] == nil ? [] : [project]
            } else {
                report.projects.map(\.id) + Self.quiet(overview, beside: Set(report.projects.map(\.id)))
            }
        let progress = cache.progress(of: listed)
        let activities = Dictionary(
            report.projects.map { ($0.id, $0.activity) }, uniquingKeysWith: { first, _ in first })
        let projects = listed.map { id in
            let text = ActivityText(
                window: window, activity: activities[id], subscribers: watchers[id] ?? 0,
                progress: progress.byProject[id], audit: cache.audit(of: id) ?? ProjectAudit(last: nil, divergences: 0),
                clock: clock)
            return """
                {"project_id": "\(id)", "title": \(cache.title(of: id).map(JSONText.string) ?? "null"), \
                \(text.members)\(project.map { ", \"transactions\": \(transactions(of: $0))" } ?? "")}
                """
        }
        let overall = ActivityText(
            window: window, activity: report.overall, subscribers: overview.projects.reduce(0) { $0 + $1.watchers },
            progress: progress.overall,
            // Since then each project in memory has been compared.
            audit: ProjectAudit(last: overview.oldestCheck, divergences: overview.counts.divergences),
            auditRuns: overview.counts.audits, clock: clock)
        return """
            {"at": "\(clock.now.rfc3339)", "window": "\(window.rawValue)", "live": \(overview.status == .live), \
            "mode": "\(overview.doorbell.mode.rawValue)", \(FeedText(overview: overview).members), \
            "overall": {\(overall.members)}, "projects": [\(projects.joined(separator: ", "))], \
            "unseen": [\(Self.unseen.map(JSONText.string).joined(separator: ", "))]}
            """
    }

    /// The last write transactions of a project, the oldest announcement first.
    private func transactions(of id: ProjectID) -> String {
        let now = clock.now.microseconds
        let since = now - Int64(Self.transactions_seconds) * 1_000_000
        let spans = monitor.spans(of: id, since: since, atMost: Self.mostTransactions).map { span in
            """
            {"session": \(span.session), "began": "\(WallTime(microseconds: span.began).rfc3339)", \
            "ago_seconds": \(Decimal.text(now - span.began, places: 6)), \
            "seconds": \(Decimal.text(max(0, span.ended - span.began), places: 6)), "rows": \(span.rows)}
            """
        }
        return "[\(spans.joined(separator: ", "))]"
    }

    /// Projects in memory that nobody has written to, the most watched first.
    private static func quiet(_ overview: CacheOverview, beside busy: Set<ProjectID>) -> [ProjectID] {
        let left = mostProjects - busy.count
        guard left > 0 else { return [] }
        return overview.projects.filter { !busy.contains($0.id) }.sorted { $0.watchers > $1.watchers }.prefix(left)
            .map(\.id)
    }
}
