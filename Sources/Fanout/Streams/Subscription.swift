import ProjectSync

/// What a client wants to hear on one stream, and under what terms.
package enum Subscription: Sendable {
    case project(ProjectID, StreamRequest, StreamTerms?)
    /// Several projects on a joint stream, in this order, none of them twice.
    case projects([Member], lastEventID: String?, after: SyncToken?)

    case monitor(MonitorWindow, StreamTerms?)

    /// One project of a joint stream.
    package struct Member: Sendable {
        package let project: ProjectID
        package let terms: StreamTerms?

        package init(_ project: ProjectID, _ terms: StreamTerms?) {
            self.project = project
            self.terms = terms
        }
    }

    /// How many projects a joint stream may have.
    package static let mostProjects = 50

    package var members: [Member] {
        switch self {
        case .project(let project, _, let terms): [Member(project, terms)]
        case .projects(let members, _, _): members
        case .monitor: []
        }
    }

    package var projects: [ProjectID] { members.map(\.project) }

    /// Those of the response: the members differ in their rights only.
    package var terms: StreamTerms? {
        if case .monitor(_, let terms) = self { terms } else { members.first?.terms }
    }
}
