import FoundationEssentials
import HTTPTypes
import ProjectSync
import Testing

@testable import SyncHTTP

@Suite struct RouteTests {
    static let id = "aaaaaaaa-0000-4000-8000-000000000001"

    private func status(_ method: HTTPRequest.Method, _ path: String) -> Int {
        do throws(Problem) {
            _ = try Route.resolve(method, path: path[...])
            return 200
        } catch {
            return error.status.code
        }
    }

    @Test(arguments: [
        "/", "/healthz", "/readyz", "/metrics", "/v1/monitor", "/v1/monitor/events", "/v1/explain", "/projects/\(id)",
        "/v1/projects/\(id)",
        "/v1/projects/\(id)/scenes",
        "/v1/projects/\(id)/events", "/v1/projects/\(id)/generations", "/v1/projects/\(id.uppercased())",
    ])
    func `what there is answers GET and HEAD, and tells other methods so`(path: String) {
        #expect(status(.get, path) == 200)
        #expect(status(.head, path) == 200)
        #expect(status(.delete, path) == 405)
        #expect(status(.patch, path) == 405)
    }

    @Test func `images are written, not read`() {
        let path = "/v1/projects/\(Self.id)/images"

        for method in [HTTPRequest.Method.post, .put, .delete] { #expect(status(method, path) == 200) }
        for method in [HTTPRequest.Method.get, .head, .patch] { #expect(status(method, path) == 405) }
    }

    @Test(arguments: [
        "", "/x", "/healthz/", "/v1", "/v1/", "/v1/projects", "/v1/projects/", "/v1/projects/\(id)/",
        "/v1/projects/\(id)/x",
        "/v1/projects/\(id)/scenes/", "//", "/v1//projects/\(id)", "/projects/", "/V1/projects/\(id)",
        "/v1/projects/\(id)/events/x",
    ])
    func `any other path is not found, whatever the method`(path: String) {
        #expect(status(.get, path) == 404)
        #expect(status(.post, path) == 404)
    }

    @Test(arguments: [
        "/v1/projects/x", "/v1/projects/\(id)0/scenes", "/v1/projects/{\(id)}/events", "/projects/1",
        "/v1/projects/%20",
    ])
    func `an id of another form is malformed`(path: String) {
        #expect(status(.get, path) == 400)
    }

    /// How the OpenAPI document writes the path of a route; nil for what belongs to a page.
    ///
    /// Who adds a route decides here what it is.
    private func described(_ route: Route) -> String? {
        switch route {
        case .project: "/v1/projects/{id}"
        case .scenes: "/v1/projects/{id}/scenes"
        case .events: "/v1/projects/{id}/events"
        case .jointEvents: "/v1/events"
        case .images: "/v1/projects/{id}/images"
        case .generations: "/v1/projects/{id}/generations"
        case .monitor: "/v1/monitor"
        case .monitorEvents: "/v1/monitor/events"
        case .explain: "/v1/explain"
        case .metrics: "/metrics"
        case .openAPI: "/openapi.json"
        case .asyncAPI: "/asyncapi.json"
        case .health: "/healthz"
        case .readiness: "/readyz"
        case .dashboard: "/"
        case .viewer: "/projects/{id}"
        case .asset, .picture: nil
        }
    }

    @Test func `the OpenAPI document has each path that is no part of a page, and no other`() throws {
        struct Document: Decodable {
            struct Path: Decodable {}
            let paths: [String: Path]
        }
        let id = try #require(ProjectID(Self.id[...]))
        let routes: [Route] = [
            .project(id), .scenes(id), .events(id), .jointEvents, .images(id), .generations(id), .monitor,
            .monitorEvents, .explain, .metrics, .openAPI, .asyncAPI, .health, .readiness, .dashboard, .viewer(id),
        ]

        let document = try JSONDecoder().decode(Document.self, from: Data(PackageResources.openapi_json))

        #expect(Set(document.paths.keys) == Set(routes.compactMap(described)))
        for route in routes {
            let path = described(route)?.replacing("{id}", with: Self.id) ?? ""
            #expect(try Route.find(path[...]) == route, "\(path)")
        }
    }
}
