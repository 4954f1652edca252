import HTTPTypes
import ProjectSync

/// What a request asks for.
package enum Route: Equatable, Sendable {
    case project(ProjectID)
    case scenes(ProjectID)
    case events(ProjectID)
    case jointEvents
    case images(ProjectID)
    case generations(ProjectID)
    case monitor
    case monitorEvents
    case explain
    case metrics
    case openAPI
    case asyncAPI
    case health
    case readiness
    case dashboard
    case viewer(ProjectID)
    case asset(String)
    case picture(String)

    /// Finds the route of a path, without its query; throws what is wrong with the request.
    package static func resolve(_ method: HTTPRequest.Method, path: Substring) throws(Problem) -> Route {
        guard let route = try find(path) else { throw .notFound }
        guard route.methods.contains(method) else { throw .methodNotAllowed(route.methods) }
        return route
    }

    /// Whether the database may have to be waited for, or a body.
    var waits: Bool {
        switch self {
        case .project, .scenes, .images, .generations, .explain: true
        default: false
        }
    }

    var methods: [HTTPRequest.Method] {
        if case .images = self { [.post, .put, .delete] } else { [.get, .head] }
    }

    /// nil for a path that there is not.
    static func find(_ path: Substring) throws(Problem) -> Route? {
        if let route = ofProject(path.utf8) { return route }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        switch (parts.count, parts.first, parts.last) {
        case (1, "", _): return .dashboard
        case (1, "metrics", _): return .metrics
        case (1, "openapi.json", _): return .openAPI
        case (1, "asyncapi.json", _): return .asyncAPI
        case (1, "healthz", _): return .health
        case (1, "readyz", _): return .readiness
        case (2, "v1", "events"): return .jointEvents
        case (2, "v1", "monitor"): return .monitor
        case (3, "v1", "events") where parts.dropFirst().first == "monitor": return .monitorEvents
        case (2, "v1", "explain"): return .explain
        case (2, "assets", let name?): return .asset(String(name))
        case (2, "projects", let id?): return .viewer(try projectInPath(id))
        case (3, "demo", let name?) where parts.dropFirst().first == "pictures": return .picture(String(name))
        case (3, "v1", let id?) where parts.dropFirst().first == "projects":
            _ = try projectInPath(id)
            return nil
        case (4, "v1", "scenes"), (4, "v1", "events"), (4, "v1", "images"), (4, "v1", "generations"):
            guard parts.dropFirst().first == "projects", let id = parts.dropFirst(2).first else { return nil }
            _ = try projectInPath(id)
            return nil
        default: return nil
        }
    }

    /// The routes that are asked for most, without taking the path apart.
    private static func ofProject(_ path: Substring.UTF8View) -> Route? {
        let rest = path.dropFirst(13 + 36)
        guard path.starts(with: "/v1/projects/".utf8), let id = ProjectID(Substring(path.dropFirst(13).prefix(36)))
        else { return nil }
        if rest.isEmpty { return .project(id) }
        if rest.elementsEqual("/scenes".utf8) { return .scenes(id) }
        if rest.elementsEqual("/events".utf8) { return .events(id) }
        if rest.elementsEqual("/images".utf8) { return .images(id) }
        if rest.elementsEqual("/generations".utf8) { return .generations(id) }
        return nil
    }

    private static func projectInPath(_ text: Substring) throws(Problem) -> ProjectID {
        guard !text.isEmpty else { throw .notFound }
        return try project(text)
    }

    static func project(_ text: Substring) throws(Problem) -> ProjectID {
        guard let id = ProjectID(text) else {
            throw .badRequest("A project's id is a UUID, 8-4-4-4-12 hexadecimal digits.")
        }
        return id
    }
}
