import Fanout
import HTTPTypes
import ProjectSync

/// Reads what a request for a stream of projects asks for; an `EventSource` can say it in the query only.
struct StreamQuery {
    private let headers: HTTPFields
    private let query: Query

    init(_ asked: Asked) {
        headers = asked.headers
        query = Query(asked.query)
    }

    /// What is wanted of one project.
    func request() throws(Problem) -> StreamRequest {
        var scenes: Set<Int32>?
        for text in query.all("scene_index") {
            guard let scene = Int32(text) else { throw .badSceneIndex(text) }
            scenes = (scenes ?? []).union([scene])
        }
        let token = try SyncToken.borne(headers, query)
        return StreamRequest(lastEventID: lastEventID, scenes: scenes, after: token)
    }

    /// The stream of all projects that are named, each on its terms.
    func subscription(_ terms: (ProjectID) -> StreamTerms?) throws(Problem) -> Subscription {
        var projects: [ProjectID] = []
        for text in query.all("project") {
            let project = try Route.project(text[...])
            if !projects.contains(project) { projects.append(project) }
        }
        guard 1...Subscription.mostProjects ~= projects.count else { throw .badProjectCount(projects.count) }
        let token = try SyncToken.borne(headers, query)
        return .projects(
            projects.map { Subscription.Member($0, terms($0)) }, lastEventID: lastEventID, after: token)
    }

    private var lastEventID: String? {
        let id = headers[.lastEventID] ?? query["last_event_id"] ?? ""
        return id.isEmpty ? nil : id
    }
}
