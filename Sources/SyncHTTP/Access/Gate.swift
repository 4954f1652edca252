import Fanout
import HTTPTypes
import ProjectSync

/// What every request passes before it is answered: whether this server is meant, what it serves, and who may.
package struct Gate: Sendable {
    private let hosts: HostRule
    private let origins: OriginRule
    private let scope: Scope
    /// nil: everybody may do everything.
    private let tokens: TokenAccess?

    package init(
        hosts: HostRule = .any, origins: OriginRule = .none, scope: Scope = .everything, tokens: TokenAccess? = nil
    ) {
        self.hosts = hosts
        self.origins = origins
        self.scope = scope
        self.tokens = tokens
    }

    /// How a request fares.
    enum Admission {
        case admitted(Route, Pass)
        case answered(Reply)
        /// It takes longer to find out.
        case undecided(Route)

        /// What it is for, if something has to be waited for.
        var awaited: Route? {
            switch self {
            case .admitted(let route, _) where route.waits: route
            case .undecided(let route): route
            case .admitted, .answered: nil
            }
        }
    }

    /// Without waiting. A stream whose right the database tells is admitted, on terms that have it asked.
    func admitNow(_ asked: Asked) -> Admission {
        guard hosts.allows(asked.host) else { return .answered(Problem.misdirected.reply) }
        do throws(Problem) {
            guard let route = try Route.find(asked.path), scope.serves(route) else { throw .notFound }
            if let preflight = origins.preflight(asked, methods: route.methods) { return .answered(preflight) }
            guard route.methods.contains(asked.method) else { throw .methodNotAllowed(route.methods) }
            guard let tokens, route.need != .nothing else { return .admitted(route, .anybody) }
            guard let identity = try tokens.identityNow(asked, route, origins) else { return .undecided(route) }
            if let pass = try tokens.passNow(identity, route.need) { return .admitted(route, pass) }
            return Self.asksItself(asked, route)
                ? .admitted(route, Pass(identity: identity, caller: nil)) : .undecided(route)
        } catch {
            return .answered(error.reply)
        }
    }

    /// A stream looks after its right, from its beginning to its end.
    private static func asksItself(_ asked: Asked, _ route: Route) -> Bool {
        route.isStream && asked.method == .get
    }

    /// Who is to come again is told so; an EventSource would take a status for the end.
    static func later(_ problem: Problem, _ asked: Asked, _ route: Route) -> Reply {
        asksItself(asked, route) ? EventStreamResponse.later : problem.reply
    }

    /// What becomes of a request that is undecided.
    func settle(_ admission: Admission, of asked: Asked) async -> Admission {
        guard case .undecided(let route) = admission, let tokens else { return admission }
        do throws(Problem) {
            let identity = try await tokens.identity(asked, route, origins)
            if try tokens.passNow(identity, route.need) == nil, Self.asksItself(asked, route) {
                return .admitted(route, Pass(identity: identity, caller: nil))
            }
            return .admitted(route, try await tokens.pass(identity, route.need))
        } catch {
            return .answered(error.status == .serviceUnavailable ? Self.later(error, asked, route) : error.reply)
        }
    }

    /// Under what terms a stream is served, of a project or of the monitor; nil if there are none.
    func terms(_ asked: Asked, _ pass: Pass, _ project: ProjectID?) -> StreamTerms? {
        let origin = origins.isOff ? nil : asked.origin
        guard let tokens, let identity = pass.identity else {
            return origin.map { StreamTerms(permit: nil, origin: $0) }
        }
        return StreamTerms(permit: StreamPermit(identity, project, tokens), origin: origin)
    }

    /// An answer with what browsers have to be told, which refusals need no less than others.
    func dressed(_ reply: Reply, for origin: String?) -> Reply {
        if origins.isOff { return reply }
        var reply = reply
        reply.headers = dressed(reply.headers, for: origin)
        return reply
    }

    func dressed(_ fields: HTTPFields, for origin: String?) -> HTTPFields {
        var fields = fields
        fields.add(origins.fields(for: origin))
        return fields
    }
}

extension HTTPFields {
    /// Adds fields; those of the same name become one list.
    mutating func add(_ fields: HTTPFields) {
        for field in fields {
            let old = self[field.name]
            self[field.name] = old.map { "\($0), \(field.value)" } ?? field.value
        }
    }
}
