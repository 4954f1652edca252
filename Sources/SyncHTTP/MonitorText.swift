import ProjectSync

/// The body of `GET /v1/monitor`.
enum MonitorText {
    static let mostProjects = 100

    static func render(_ overview: CacheOverview) -> String {
        let projects = overview.projects.sorted { $0.watchers > $1.watchers }.prefix(mostProjects)
            .map { "{\"project_id\": \"\($0.id)\", \"subscribers\": \($0.watchers)}" }
        let subscribers = overview.projects.reduce(0) { $0 + $1.watchers }
        return """
            {"at": "\(WallTime.now.rfc3339)", "live": \(overview.status == .live), "mode": "\(overview.doorbell.mode.rawValue)", \
            "overall": {"subscribers": \(subscribers)}, "projects": [\(projects.joined(separator: ", "))]}

            """
    }
}
