import Fanout
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import ProjectSync

/// Answers requests: from the cache, from the pages, or by opening a stream.
package struct SyncResponder: Sendable {
    private let cache: ProjectCache
    private let hub: Hub
    private let readiness: Readiness
    private let pictures: Pictures?
    private let logger: Logger

    /// Makes the body of a demo's picture from its name; nil for a name that it does not know.
    package typealias Pictures = @Sendable (String) -> String?

    package init(
        cache: ProjectCache, hub: Hub, readiness: Readiness, pictures: Pictures? = nil, logger: Logger
    ) {
        self.cache = cache
        self.hub = hub
        self.readiness = readiness
        self.pictures = pictures
        self.logger = logger
    }

    @Sendable @concurrent
    package func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        switch await decide(request) {
        case .reply(let reply):
            try await reply.send(to: request.method, writer)
        case .stream(let project, let stream):
            try await EventStreamResponse(hub: hub, cache: cache)
                .serve(project, stream, request.method, on: channel, writer)
        }
    }

    private enum Decision {
        case reply(Reply)
        case stream(ProjectID, StreamRequest)
    }

    private func decide(_ request: Request) async -> Decision {
        let path = request.head.path ?? "/"
        let end = path.firstIndex(of: "?") ?? path.endIndex
        do throws(Problem) {
            let route = try Route.resolve(request.method, path: path[..<end])
            if case .events(let project) = route {
                return .stream(project, try Self.streamRequest(request, Query(path[end...].dropFirst())))
            }
            return .reply(try await reply(to: route, request))
        } catch {
            return .reply(error.reply)
        }
    }

    private func reply(to route: Route, _ request: Request) async throws(Problem) -> Reply {
        switch route {
        case .project(let id): try await read(id, request) { $0.project }
        case .scenes(let id): try await read(id, request) { $0.scenes }
        case .health: .json("{\"status\": \"alive\"}\n")
        case .readiness: readiness.reply(cache.overview)
        case .monitor: .json(MonitorText.render(cache.overview))
        case .metrics:
            Reply(
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
                body: ByteBuffer(string: MetricsText(cache.overview, hub.counters).text))
        case .dashboard: try Pages.asset("dashboard.html")
        case .viewer: try Pages.asset("viewer.html")
        case .asset(let name): try Pages.asset(name)
        case .picture(let name): try picture(name)
        case .events: throw .failed
        }
    }

    private func read(
        _ id: ProjectID, _ request: Request, _ part: (ProjectBody) -> ByteBuffer
    ) async throws(Problem) -> Reply {
        switch await cache.read(id, fresh: ReadHeaders.asksForFresh(request.headers)) {
        case .unknown: throw .unknownProject(id.description)
        case .unavailable(let reason): throw .unavailable(reason)
        case .found(let answer):
            let fields = ReadHeaders.fields(for: answer, now: .now)
            if ReadHeaders.matches(request.headers, answer.body.revision) {
                return Reply(status: .notModified, headers: fields)
            }
            return Reply(headers: fields, body: part(answer.body))
        }
    }

    private func picture(_ name: String) throws(Problem) -> Reply {
        guard let text = pictures?(name) else { throw .notFound }
        return Reply(
            headers: [.contentType: "image/svg+xml", .cacheControl: "max-age=86400, immutable"],
            body: ByteBuffer(string: text))
    }

    private static func streamRequest(_ request: Request, _ query: Query) throws(Problem) -> StreamRequest {
        var scenes: Set<Int32>?
        for text in query.all("scene_index") {
            guard let scene = Int32(text) else {
                throw .badRequest("scene_index is a 32-bit integer, not \(text.prefix(40)).")
            }
            scenes = (scenes ?? []).union([scene])
        }
        let id = request.headers[.lastEventID] ?? query["last_event_id"] ?? ""
        return StreamRequest(lastEventID: id.isEmpty ? nil : id, scenes: scenes)
    }
}
