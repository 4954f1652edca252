import HTTPTypes
import ProjectSync

/// What a request needs to be allowed.
enum Need: Equatable {
    case nothing
    /// A valid one, whatever it permits.
    case token
    case admin
    case read(ProjectID)
    case write(ProjectID)
}

/// Which routes an address serves.
package enum Scope: Sendable {
    case everything
    /// What is for administrators has an address of its own.
    case withoutAdministration
    /// That address.
    case administration

    func serves(_ route: Route) -> Bool {
        switch self {
        case .everything: true
        case .withoutAdministration: route.need != .admin
        case .administration: route.need == .admin || route == .health || route == .readiness
        }
    }
}

extension Route {
    var need: Need {
        switch self {
        case .project(let id), .scenes(let id), .events(let id), .generations(let id): .read(id)
        case .images(let id): .write(id)
        // What may be read of it is asked for each project.
        case .jointEvents: .token
        case .monitor, .monitorEvents, .explain, .metrics: .admin
        // The pages hold no data.
        case .openAPI, .asyncAPI, .health, .readiness, .dashboard, .viewer, .asset, .picture: .nothing
        }
    }

    var isStream: Bool {
        switch self {
        case .events, .jointEvents, .monitorEvents: true
        default: false
        }
    }
}
