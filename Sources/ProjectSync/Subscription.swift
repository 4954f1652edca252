/// What a client wants to hear on one stream.
package enum Subscription: Sendable {
    case project(ProjectID, StreamRequest)
    /// Several projects on a joint stream, in this order, none of them twice.
    case projects([ProjectID], lastEventID: String?, after: SyncToken?)

    /// How many projects a joint stream may have.
    package static let mostProjects = 50

    package var projects: [ProjectID] {
        switch self {
        case .project(let project, _): [project]
        case .projects(let projects, _, _): projects
        }
    }
}
