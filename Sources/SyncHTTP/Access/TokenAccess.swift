import HTTPTypes
import ProjectSync

/// What tokens allow: by their claims, or by what the database's row security lets their role see.
package struct TokenAccess: Sendable {
    let authenticator: Authenticator
    /// The name of the cookie that may bear a token.
    let cookie: String?
    /// Where rights are the database's to tell.
    let rowSecurity: RowSecurity?
    /// After how long a right is looked at again.
    let interval_seconds: UInt32

    package init(
        _ authenticator: Authenticator, cookie: String?, rowSecurity: RowSecurity?, interval_seconds: UInt32
    ) {
        self.authenticator = authenticator
        self.cookie = cookie
        self.rowSecurity = rowSecurity
        self.interval_seconds = interval_seconds
    }

    /// nil if something has to be waited for.
    func identityNow(_ asked: Asked, _ route: Route, _ origins: OriginRule) throws(Problem) -> Identity? {
        let text = try token(asked, route, origins)
        do throws(TokenError) { return try authenticator.identityNow(text) } catch { throw .badToken(error) }
    }

    func identity(_ asked: Asked, _ route: Route, _ origins: OriginRule) async throws(Problem) -> Identity {
        let text = try token(asked, route, origins)
        do throws(TokenError) { return try await authenticator.identity(text) } catch { throw .badToken(error) }
    }

    /// What is known without asking the database; nil if it has to be asked.
    func passNow(_ identity: Identity, _ need: Need) throws(Problem) -> Pass? {
        guard let rowSecurity else { return try passByClaims(identity, need) }
        guard let project = need.project else { return try passByClaims(identity, need) }
        guard let caller = identity.caller else { throw .roleWanted }
        guard let right = rowSecurity.known(caller, project) else { return nil }
        return try pass(identity, caller, project, right)
    }

    func pass(_ identity: Identity, _ need: Need) async throws(Problem) -> Pass {
        if let pass = try passNow(identity, need) { return pass }
        guard let rowSecurity, let caller = identity.caller, let project = need.project else { throw .failed }
        return try pass(identity, caller, project, await rowSecurity.right(caller, project))
    }

    private func passByClaims(_ identity: Identity, _ need: Need) throws(Problem) -> Pass {
        let grants = identity.grants
        switch need {
        case .nothing, .token: break
        case .admin:
            guard grants.isAdmin else { throw .adminOnly }
        case .read(let project):
            guard grants.mayRead(project) else { throw .unknownProject(project.description) }
        case .write(let project):
            guard grants.mayRead(project) else { throw .unknownProject(project.description) }
            guard grants.mayWrite(project) else { throw .mayNotWrite }
        }
        return Pass(identity: identity, caller: nil)
    }

    private func pass(
        _ identity: Identity, _ caller: Caller, _ project: ProjectID, _ right: RightToRead
    ) throws(Problem) -> Pass {
        switch right {
        case .readable: return Pass(identity: identity, caller: caller)
        case .hidden: throw .unknownProject(project.description)
        case .noSuchRole: throw .roleWanted
        case .unavailable(let reason): throw .unavailable(reason)
        }
    }

    private func token(_ asked: Asked, _ route: Route, _ origins: OriginRule) throws(Problem) -> String {
        switch Credentials.find(asked, cookie: cookie, origins: origins, isStream: route.isStream) {
        case .none: throw .tokenWanted
        case .refused(let why): throw .badCredentials(why)
        case .token(let text): return text
        }
    }
}

/// That a request is allowed, and in whose name.
struct Pass {
    /// nil where nobody is asked for a token.
    let identity: Identity?
    /// As whom the database does it; nil: as the daemon.
    let caller: Caller?

    static let anybody = Pass(identity: nil, caller: nil)
}

extension Need {
    fileprivate var project: ProjectID? {
        switch self {
        case .read(let project), .write(let project): project
        case .nothing, .token, .admin: nil
        }
    }
}
