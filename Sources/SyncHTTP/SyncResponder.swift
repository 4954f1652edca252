import Fanout
import HTTPTypes
import HummingbirdCore
import Logging
import Monitoring
import NIOCore
import ProjectSync
import Synchronization

/// Answers requests: from the cache, from the pages, or by opening a stream.
package struct SyncResponder: Sendable {
    /// How long a read that bears a token waits for a database that is away.
    private static let patience = Duration.seconds(5)

    private let cache: ProjectCache
    private let hub: Hub
    private let readiness: Readiness
    private let writes: WriteDesk
    private let observatory: Observatory
    let rules: ConnectionRules
    private let inFlight: RequestsInFlight
    private let proxies: TrustedProxies
    private let pictures: Pictures?
    let gate: Gate
    private let logger: Logger

    var counters: DeliveryCounters { hub.counters }

    /// The same, behind another gate.
    package func behind(_ gate: Gate) -> SyncResponder {
        SyncResponder(
            cache: cache, hub: hub, readiness: readiness, writes: writes, observatory: observatory, rules: rules,
            inFlight: inFlight, proxies: proxies, pictures: pictures, gate: gate, logger: logger)
    }

    /// Makes the body of a demo's picture from its name; nil for a name that it does not know.
    package typealias Pictures = @Sendable (String) -> String?

    package init(
        cache: ProjectCache, hub: Hub, readiness: Readiness, writes: WriteDesk, observatory: Observatory,
        rules: ConnectionRules, inFlight: RequestsInFlight, proxies: TrustedProxies, pictures: Pictures? = nil,
        gate: Gate, logger: Logger
    ) {
        self.cache = cache
        self.hub = hub
        self.readiness = readiness
        self.writes = writes
        self.observatory = observatory
        self.rules = rules
        self.inFlight = inFlight
        self.proxies = proxies
        self.pictures = pictures
        self.gate = gate
        self.logger = logger
    }

    @Sendable @concurrent
    package func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        if let refusal = Refusal(request.head) {
            return try await gate.dressed(refusal.lastReply(rules), for: request.headers[.origin])
                .send(to: .get, writer)
        }
        // Over HTTP/2 a client may name the host in either of two fields (RFC 9113, section 8.3.1).
        let asked = Asked(
            request.method, request.head.path ?? "/", request.headers,
            host: request.head.authority ?? request.headers[.hostField])
        switch await decide(asked) {
        case .reply(let reply), .read(_, _, let reply):
            try await reply.send(to: request.method, writer)
        case .stream(let subscription, let subject) where request.method == .get:
            let peer = ClientAddress(channel.remoteAddress)
            try await EventStreamResponse(hub: hub, cache: cache, gate: gate)
                .serve(
                    subscription, for: subscriber(at: peer, request.headers, subject), on: channel, writer)
        case .stream(let subscription, _):
            guard enter() else { return try await tooMany(asked).send(to: request.method, writer) }
            defer { inFlight.leave() }
            try await EventStreamResponse(hub: hub, cache: cache, gate: gate).serveHead(subscription, writer)
        case .write(let project, let caller):
            guard enter() else { return try await tooMany(asked).send(to: request.method, writer) }
            defer { inFlight.leave() }
            // Who may not write need not send what it would have written.
            if writes.isExpectedToContinue(request) {
                try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            }
            let reply = await written(request, project, Query(asked.query), as: caller)
            try await gate.dressed(reply, for: asked.origin).send(to: request.method, writer)
        }
    }

    private func tooMany(_ asked: Asked) -> Reply {
        gate.dressed(Problem.tooManyRequests.reply, for: asked.origin)
    }

    /// Whom a stream is counted for.
    func subscriber(at peer: ClientAddress, _ headers: HTTPFields, _ subject: String?) -> Subscriber {
        Subscriber(
            address: proxies.client(of: peer, forwardedFor: headers[values: .forwardedFor]), subject: subject)
    }

    /// What a request comes to.
    enum Decision {
        case reply(Reply)
        /// A read from memory: of which project, in which state.
        case read(ProjectID, Answer, Reply)
        /// Of whom the token names, if there is one.
        case stream(Subscription, subject: String?)
        /// Its body is still to be read.
        case write(ProjectID, as: Caller?)
    }

    /// What can be said without waiting; nil if something has to be waited for, or takes long to write.
    func decideNow(_ asked: Asked) -> Decision? {
        decideNow(asked, gate.admitNow(asked))
    }

    private func decideNow(_ asked: Asked, _ admission: Gate.Admission) -> Decision? {
        switch admission {
        case .admitted(let route, let pass): decideNow(asked, route, pass).map { dressed($0, asked) }
        case .answered(let reply): dressed(.reply(reply), asked)
        case .undecided: nil
        }
    }

    private func decideNow(_ asked: Asked, _ route: Route, _ pass: Pass) -> Decision? {
        do throws(Problem) {
            switch route {
            case .project(let id):
                return try warmReply(.project, of: id, asked.headers, asked.query)
            case .scenes(let id):
                return try warmReply(.scenes, of: id, asked.headers, asked.query)
            case .events(let project):
                let request = try StreamQuery(asked).request()
                return .stream(
                    .project(project, request, gate.terms(asked, pass, project)), subject: pass.identity?.subject)
            case .jointEvents:
                let subscription = try StreamQuery(asked).subscription { gate.terms(asked, pass, $0) }
                return .stream(subscription, subject: pass.identity?.subject)
            case .monitorEvents:
                let window = try MonitorWindow(Query(asked.query))
                return .stream(.monitor(window, gate.terms(asked, pass, nil)), subject: pass.identity?.subject)
            case .images(let project): return .write(project, as: pass.caller)
            case .health: return .reply(.json("{\"status\": \"alive\"}\n"))
            case .openAPI: return .reply(Descriptions.openAPI)
            case .asyncAPI: return .reply(Descriptions.asyncAPI)
            case .dashboard: return .reply(try Pages.asset("dashboard.html"))
            case .viewer: return .reply(try Pages.asset("viewer.html"))
            case .asset(let name): return .reply(try Pages.asset(name))
            case .picture(let name): return .reply(try picture(name))
            case .generations, .readiness, .monitor, .explain, .metrics: return nil
            }
        } catch {
            return .reply(error.reply)
        }
    }

    private func decide(_ asked: Asked) async -> Decision {
        if let refusal = Refusal.ofHead(asked, rules) {
            countRefusal()
            return dressed(.reply(refusal.problem(rules).reply), asked)
        }
        let admission = gate.admitNow(asked)
        if let decision = decideNow(asked, admission) { return decision }
        guard let route = admission.awaited else { return await decide(asked, admission) }
        guard enter() else { return dressed(.reply(Gate.later(.tooManyRequests, asked, route)), asked) }
        defer { inFlight.leave() }
        return await decide(asked, gate.settle(admission, of: asked))
    }

    /// Whether one more request may wait, which is to leave again.
    private func enter() -> Bool {
        if inFlight.enter() { return true }
        countRefusal()
        return false
    }

    private func countRefusal() {
        hub.counters.requestsRefused.wrappingAdd(1, ordering: .relaxed)
    }

    private func decide(_ asked: Asked, _ admission: Gate.Admission) async -> Decision {
        switch admission {
        case .admitted(let route, let pass):
            if let decision = decideNow(asked, route, pass) { return dressed(decision, asked) }
            do throws(Problem) {
                return dressed(.reply(try await reply(to: route, asked)), asked)
            } catch {
                return dressed(.reply(error.reply), asked)
            }
        case .answered(let reply): return dressed(.reply(reply), asked)
        case .undecided: return dressed(.reply(Problem.failed.reply), asked)
        }
    }

    private func dressed(_ decision: Decision, _ asked: Asked) -> Decision {
        switch decision {
        case .reply(let reply): .reply(gate.dressed(reply, for: asked.origin))
        case .read(let project, let answer, let reply): .read(project, answer, gate.dressed(reply, for: asked.origin))
        case .stream, .write: decision
        }
    }

    private func written(
        _ request: Request, _ project: ProjectID, _ query: Query, as caller: Caller?
    ) async -> Reply {
        do throws(Problem) {
            return try await writes.reply(to: request, project, query, as: caller)
        } catch {
            return error.reply
        }
    }

    private func reply(to route: Route, _ asked: Asked) async throws(Problem) -> Reply {
        switch route {
        case .project(let id): try await read(.project, of: id, asked.headers, asked.query)
        case .scenes(let id): try await read(.scenes, of: id, asked.headers, asked.query)
        case .generations(let id): try await generations(of: id, asked.headers, asked.query)
        case .readiness: readiness.reply(cache.overview)
        case .explain: try await ExplainDesk(cache: cache).reply(to: Query(asked.query))
        case .monitor:
            .json(
                observatory.document(
                    try MonitorWindow(Query(asked.query)),
                    only: try Query(asked.query)["project"].map { text throws(Problem) in try Route.project(text[...]) }
                )
                    + "\n")
        case .metrics:
            Reply(
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
                body: ByteBuffer(string: observatory.metrics()))
        default: throw .failed
        }
    }

    private func warmReply(
        _ part: ReadReply.Part, of id: ProjectID, _ headers: HTTPFields, _ query: Substring
    ) throws(Problem) -> Decision? {
        let token = try SyncToken.borne(headers, query)
        guard !ReadHeaders.asksForFresh(headers), let answer = cache.warm(id, after: token) else { return nil }
        return ReadReply(part, answer).quickReply(to: headers).map { .read(id, answer, $0) }
    }

    /// What memory answers to a read of the project.
    func warm(_ id: ProjectID) -> Answer? {
        cache.warm(id)
    }

    private func read(
        _ part: ReadReply.Part, of id: ProjectID, _ headers: HTTPFields, _ query: Substring
    ) async throws(Problem) -> Reply {
        let token = try SyncToken.borne(headers, query)
        let start = ContinuousClock.now
        while true {
            switch await cache.read(id, fresh: ReadHeaders.asksForFresh(headers), after: token) {
            case .unknown: throw .unknownProject(id.description)
            case .found(let answer): return ReadReply(part, answer).reply(to: headers)
            case .unavailable(let reason):
                // Who waits for a write is not sent away for a database that comes back at once.
                guard token != nil, .now - start < Self.patience, !Task.isCancelled else { throw .unavailable(reason) }
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Always the database's own, which has every write that anybody was told of.
    private func generations(of id: ProjectID, _ headers: HTTPFields, _ query: Substring) async throws(Problem) -> Reply
    {
        _ = try SyncToken.borne(headers, query)
        return try await writes.generations(of: id)
    }

    private func picture(_ name: String) throws(Problem) -> Reply {
        guard let text = pictures?(name) else { throw .notFound }
        return Reply(
            headers: [.contentType: "image/svg+xml", .cacheControl: "max-age=86400, immutable"],
            body: ByteBuffer(string: text))
    }
}
