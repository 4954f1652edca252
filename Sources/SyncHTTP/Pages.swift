import HTTPTypes
import NIOCore

/// The pages, which hold no data: they fetch it as any client does.
enum Pages {
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src * data:", "connect-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    /// A page runs no script but ours, is framed by nobody, tells nobody its address, and shares no window.
    private static let protection: HTTPFields = [
        .contentSecurityPolicy: policy, .referrerPolicy: "no-referrer", .crossOriginOpenerPolicy: "same-origin",
        .frameOptions: "DENY", .permissionsPolicy: "camera=(), geolocation=(), microphone=()",
    ]

    private static let files: [String: [UInt8]] = [
        "access.js": PackageResources.access_js,
        "announcer.js": PackageResources.announcer_js,
        "chart.js": PackageResources.chart_js,
        "charts.js": PackageResources.charts_js,
        "dashboard-state.js": PackageResources.dashboard_state_js,
        "dashboard.css": PackageResources.dashboard_css,
        "dashboard.html": PackageResources.dashboard_html,
        "dashboard.js": PackageResources.dashboard_js,
        "elements.js": PackageResources.elements_js,
        "explain-panel.js": PackageResources.explain_panel_js,
        "explain-words.js": PackageResources.explain_words_js,
        "feed-panel.js": PackageResources.feed_panel_js,
        "happenings.js": PackageResources.happenings_js,
        "icon.svg": PackageResources.icon_svg,
        "journal.js": PackageResources.journal_js,
        "kept-stream.js": PackageResources.kept_stream_js,
        "lanes.js": PackageResources.lanes_js,
        "lightbox.js": PackageResources.lightbox_js,
        "monitor-stream.js": PackageResources.monitor_stream_js,
        "page.css": PackageResources.page_css,
        "picture.js": PackageResources.picture_js,
        "project-row.js": PackageResources.project_row_js,
        "project-stream.js": PackageResources.project_stream_js,
        "project-table.js": PackageResources.project_table_js,
        "project.js": PackageResources.project_js,
        "ranking.js": PackageResources.ranking_js,
        "scenes.js": PackageResources.scenes_js,
        "shapes.js": PackageResources.shapes_js,
        "timeline.js": PackageResources.timeline_js,
        "viewer-states.js": PackageResources.viewer_states_js,
        "viewer.css": PackageResources.viewer_css,
        "viewer.html": PackageResources.viewer_html,
        "viewer.js": PackageResources.viewer_js,
        "words.js": PackageResources.words_js,
    ]

    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
    ]

    static func asset(_ name: String) throws(Problem) -> Reply {
        guard let bytes = files[name], let kind = name.split(separator: ".").last, let type = types[String(kind)] else {
            throw .notFound
        }
        var headers: HTTPFields = [
            .contentType: type, .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
            .crossOriginResourcePolicy: "same-origin",
        ]
        if kind == "html" { headers.add(protection) }
        return Reply(headers: headers, body: ByteBuffer(bytes: bytes))
    }
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .cacheControl
    fileprivate static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy") ?? .cacheControl
    fileprivate static let frameOptions = HTTPField.Name("X-Frame-Options") ?? .cacheControl
    fileprivate static let permissionsPolicy = HTTPField.Name("Permissions-Policy") ?? .cacheControl
}
