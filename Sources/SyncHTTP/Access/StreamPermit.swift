import Fanout
import ProjectSync

/// The right of a token's bearer to a project's stream, or to the monitor's.
final class StreamPermit: Permit {
    private let identity: Identity
    private let project: ProjectID?
    private let tokens: TokenAccess

    init(_ identity: Identity, _ project: ProjectID?, _ tokens: TokenAccess) {
        self.identity = identity
        self.project = project
        self.tokens = tokens
    }

    var end_seconds: Int? { identity.end_seconds }

    func check(_ answer: @escaping @Sendable (PermitState) -> Void) {
        guard tokens.authenticator.isTrusted(identity) else { return answer(.ended(.unauthenticated)) }
        guard let project else {
            let isAdmin = identity.grants.isAdmin
            return answer(isAdmin ? .holds(checkAfter_seconds: tokens.interval_seconds) : .ended(.unauthenticated))
        }
        guard let rowSecurity = tokens.rowSecurity else {
            let mayRead = identity.grants.mayRead(project)
            return answer(mayRead ? .holds(checkAfter_seconds: tokens.interval_seconds) : .ended(.unknownProject))
        }
        guard let caller = identity.caller else { return answer(.ended(.unauthenticated)) }
        rowSecurity.ask(caller, project) { verdict in
            switch verdict.right {
            case .readable:
                let left = (verdict.until - .now).components.seconds
                answer(.holds(checkAfter_seconds: UInt32(clamping: max(1, left))))
            case .hidden: answer(.ended(.unknownProject))
            case .noSuchRole: answer(.ended(.unauthenticated))
            case .unavailable: answer(.unknown)
            }
        }
    }
}
