import Fanout
import HTTPTypes
import HummingbirdCore
import NIOCore
import ProjectSync

/// Answers a request for a project's events that came HTTP's ordinary way, which writes the head and `retry:`; the rest
/// comes from the hub.
struct EventStreamResponse {
    /// How long a client waits before it connects again after it lost us.
    static let retry = Duration.seconds(2)
    /// How long it waits when there were too many streams.
    static let retryWhenFull = Duration.seconds(10)

    let hub: Hub
    let cache: ProjectCache

    @concurrent
    func serve(
        _ project: ProjectID, _ request: StreamRequest, for subscriber: Subscriber, _ method: HTTPRequest.Method,
        on channel: any Channel, _ writer: consuming ResponseWriter
    ) async throws {
        guard method == .get else {
            if case .unknown = await cache.read(project) {
                return try await Problem.unknownProject(project.description).reply.send(to: method, writer)
            }
            // Without a length the encoder would take the answer for chunked and send a body's end (RFC 9110, 9.3.2).
            var head = Self.head
            head.headerFields[.contentLength] = "0"
            return try await writer.writeResponse(head)
        }
        let outlet = hub.open(project, request, for: subscriber, on: channel.eventLoop)
        defer { outlet.hangUp() }
        switch try await outlet.decided() {
        case .unknown:
            return try await Problem.unknownProject(project.description).reply.send(to: method, writer)
        case .full:
            let body = try await writer.writeHead(Self.head)
            try await Self.write(.retry(after: Self.retryWhenFull), to: body)
            return try await body.finish(nil)
        case .opened:
            let body = try await writer.writeHead(Self.head)
            try await Self.write(.retry(after: Self.retry), to: body)
            try await outlet.serve(over: channel)
            try await body.finish(nil)
        }
    }

    static var head: HTTPResponse {
        HTTPResponse(
            status: .ok,
            headerFields: [
                .contentType: "text/event-stream", .cacheControl: "no-cache, no-transform", .accelBuffering: "no",
                .date: DateField.now,
            ])
    }

    @concurrent
    private static func write(_ frame: Frame, to body: some ResponseBodyWriter) async throws {
        var body = body
        for part in frame.parts { try await body.write(part) }
    }
}
