import Fanout
import HTTPTypes
import HummingbirdCore
import NIOCore
import ProjectSync

/// Answers a request for events that came HTTP's ordinary way, which writes the head and `retry:`; the rest
/// comes from the hub.
struct EventStreamResponse {
    /// How long a client waits before it connects again after it lost us.
    static let retry = Duration.seconds(2)
    /// How long it waits when there were too many streams.
    static let retryWhenFull = Duration.seconds(10)
    private static let fields: HTTPFields = [
        .contentType: "text/event-stream", .cacheControl: "no-cache, no-transform", .accelBuffering: "no",
    ]

    /// A stream that only says when to come again.
    static let later = Reply(
        headers: fields,
        body: Frame.retry(after: retryWhenFull).parts.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) })

    let hub: Hub
    let cache: ProjectCache
    let gate: Gate

    @concurrent
    func serve(
        _ subscription: Subscription, for subscriber: Subscriber, _ method: HTTPRequest.Method,
        on channel: any Channel, _ writer: consuming ResponseWriter
    ) async throws {
        let terms = subscription.terms
        guard method == .get else {
            guard await isAnyThere(subscription) else {
                return try await refuse(.unknownProject, of: subscription.projects, terms, method, writer)
            }
            // Without a length the encoder would take the answer for chunked and send a body's end (RFC 9110, 9.3.2).
            var head = head(terms)
            head.headerFields[.contentLength] = "0"
            return try await writer.writeResponse(head)
        }
        let outlet = hub.open(subscription, for: subscriber, on: channel.eventLoop)
        defer { outlet.hangUp() }
        switch try await outlet.decided() {
        case .refused(.full):
            let body = try await writer.writeHead(head(terms))
            try await Self.write(.retry(after: Self.retryWhenFull), to: body)
            return try await body.finish(nil)
        case .refused(let refusal):
            return try await refuse(refusal, of: subscription.projects, terms, method, writer)
        case .opened:
            let body = try await writer.writeHead(head(terms))
            try await Self.write(.retry(after: Self.retry), to: body)
            try await outlet.serve(over: channel)
            try await body.finish(nil)
        }
    }

    @concurrent
    private func isAnyThere(_ subscription: Subscription) async -> Bool {
        if case .monitor = subscription { return true }
        for member in subscription.members where await holds(member.terms?.permit) {
            if case .unknown = await cache.read(member.project) { continue }
            return true
        }
        return false
    }

    @concurrent
    private func holds(_ permit: (any Permit)?) async -> Bool {
        guard let permit else { return true }
        let state = await withCheckedContinuation { continuation in
            permit.check { continuation.resume(returning: $0) }
        }
        return if case .holds = state { true } else { false }
    }

    static func head(_ gate: Gate, _ terms: StreamTerms?) -> HTTPResponse {
        var fields = Self.fields
        fields[.date] = DateField.now
        return HTTPResponse(status: .ok, headerFields: gate.dressed(fields, for: terms?.origin))
    }

    /// The answer to a request for a stream that there is not, for another reason than that there are too many.
    static func refusal(
        _ refusal: StreamRefusal, of projects: [ProjectID], _ gate: Gate, _ terms: StreamTerms?
    ) -> Reply {
        let problem: Problem =
            switch refusal {
            case .unknownProject, .full: .unknown(projects)
            case .unauthenticated: .rightEnded
            }
        return gate.dressed(problem.reply, for: terms?.origin)
    }

    private func head(_ terms: StreamTerms?) -> HTTPResponse { Self.head(gate, terms) }

    @concurrent
    private func refuse(
        _ refusal: StreamRefusal, of projects: [ProjectID], _ terms: StreamTerms?, _ method: HTTPRequest.Method,
        _ writer: consuming ResponseWriter
    ) async throws {
        try await Self.refusal(refusal, of: projects, gate, terms).send(to: method, writer)
    }

    @concurrent
    private static func write(_ frame: Frame, to body: some ResponseBodyWriter) async throws {
        var body = body
        for part in frame.parts { try await body.write(part) }
    }
}
