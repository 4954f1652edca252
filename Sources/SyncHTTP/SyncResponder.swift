import Fanout
import HTTPTypes
import HummingbirdCore
import Logging
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
    private let rules: ConnectionRules
    private let inFlight: RequestsInFlight
    private let proxies: TrustedProxies
    private let pictures: Pictures?
    private let logger: Logger

    /// Makes the body of a demo's picture from its name; nil for a name that it does not know.
    package typealias Pictures = @Sendable (String) -> String?

    package init(
        cache: ProjectCache, hub: Hub, readiness: Readiness, writes: WriteDesk, rules: ConnectionRules,
        inFlight: RequestsInFlight, proxies: TrustedProxies, pictures: Pictures? = nil, logger: Logger
    ) {
        self.cache = cache
        self.hub = hub
        self.readiness = readiness
        self.writes = writes
        self.rules = rules
        self.inFlight = inFlight
        self.proxies = proxies
        self.pictures = pictures
        self.logger = logger
    }

    @Sendable @concurrent
    package func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        if let refusal = Refusal(request.head) { return try await refusal.lastReply(rules).send(to: .get, writer) }
        if writes.isExpectedToContinue(request) {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        switch await decide(request) {
        case .reply(let reply), .read(_, _, let reply):
            try await reply.send(to: request.method, writer)
        case .stream(let project, let stream):
            try await EventStreamResponse(hub: hub, cache: cache)
                .serve(
                    project, stream, for: subscriber(at: ClientAddress(channel.remoteAddress), request.headers),
                    request.method, on: channel, writer)
        }
    }

    /// Whom a stream is counted for.
    func subscriber(at peer: ClientAddress, _ headers: HTTPFields) -> Subscriber {
        Subscriber(address: proxies.client(of: peer, forwardedFor: headers[values: .forwardedFor]))
    }

    /// What a request comes to.
    enum Decision {
        case reply(Reply)
        /// A read from memory: of which project, in which state.
        case read(ProjectID, Answer, Reply)
        case stream(ProjectID, StreamRequest)
    }

    /// What can be said without waiting; nil if something has to be waited for, or takes long to write.
    func decideNow(_ method: HTTPRequest.Method, _ target: String, _ headers: HTTPFields) -> Decision? {
        let (path, query) = Self.split(target)
        do throws(Problem) {
            switch try Route.resolve(method, path: path) {
            case .project(let id):
                return try warmReply(.project, of: id, headers, query)
            case .scenes(let id):
                return try warmReply(.scenes, of: id, headers, query)
            case .events(let project):
                return .stream(project, try Self.streamRequest(headers, Query(query)))
            case .health: return .reply(.json("{\"status\": \"alive\"}\n"))
            case .dashboard: return .reply(try Pages.asset("dashboard.html"))
            case .viewer: return .reply(try Pages.asset("viewer.html"))
            case .asset(let name): return .reply(try Pages.asset(name))
            case .picture(let name): return .reply(try picture(name))
            case .images, .generations, .readiness, .monitor, .metrics: return nil
            }
        } catch {
            return .reply(error.reply)
        }
    }

    private func decide(_ request: Request) async -> Decision {
        let target = request.head.path ?? "/"
        // Over HTTP/1.1 it would have been refused before.
        guard target.utf8.count <= rules.url_bytes else { return .reply(Refusal.urlTooLong.problem(rules).reply) }
        if let decision = decideNow(request.method, target, request.headers) { return decision }
        let (path, query) = Self.split(target)
        do throws(Problem) {
            let route = try Route.resolve(request.method, path: path)
            guard route.waits else { return .reply(try await reply(to: route, request, query)) }
            guard inFlight.enter() else {
                hub.counters.requestsRefused.wrappingAdd(1, ordering: .relaxed)
                throw .tooManyRequests
            }
            defer { inFlight.leave() }
            return .reply(try await reply(to: route, request, query))
        } catch {
            return .reply(error.reply)
        }
    }

    private static func split(_ target: String) -> (path: Substring, query: Substring) {
        let end = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        return (target[..<end], target[end...].dropFirst())
    }

    private func reply(to route: Route, _ request: Request, _ query: Substring) async throws(Problem) -> Reply {
        switch route {
        case .project(let id): try await read(.project, of: id, request.headers, query)
        case .scenes(let id): try await read(.scenes, of: id, request.headers, query)
        case .images(let id): try await writes.reply(to: request, id, Query(query))
        case .generations(let id): try await generations(of: id, request.headers, query)
        case .readiness: readiness.reply(cache.overview)
        case .monitor: .json(MonitorText.render(cache.overview))
        case .metrics:
            Reply(
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
                body: ByteBuffer(string: MetricsText(cache.overview, hub.counters).text))
        default: throw .failed
        }
    }

    private func warmReply(
        _ part: ReadReply.Part, of id: ProjectID, _ headers: HTTPFields, _ query: Substring
    ) throws(Problem) -> Decision? {
        let token = try SyncToken.borne(headers, query)
        guard !ReadHeaders.asksForFresh(headers), let answer = cache.warm(id, after: token) else { return nil }
        return .read(id, answer, ReadReply(part, answer).reply(to: headers))
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

    private static func streamRequest(_ headers: HTTPFields, _ query: Query) throws(Problem) -> StreamRequest {
        var scenes: Set<Int32>?
        for text in query.all("scene_index") {
            guard let scene = Int32(text) else {
                throw .badSceneIndex(text)
            }
            scenes = (scenes ?? []).union([scene])
        }
        let id = headers[.lastEventID] ?? query["last_event_id"] ?? ""
        let token = try SyncToken.borne(headers, query)
        return StreamRequest(lastEventID: id.isEmpty ? nil : id, scenes: scenes, after: token)
    }
}
