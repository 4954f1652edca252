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
        _ subscription: Subscription, for subscriber: Subscriber, on channel: any Channel,
        _ writer: consuming ResponseWriter
    ) async throws {
        let terms = subscription.terms
        let outlet = hub.open(subscription, for: subscriber, on: channel.eventLoop)
        defer { outlet.hangUp() }
        switch try await outlet.decided() {
        case .refused(.full):
            let body = try await writer.writeHead(head(terms))
            try await Self.write(.retry(after: Self.retryWhenFull), to: body)
            return try await body.finish(nil)
        case .refused(let refusal):
            return try await Self.refusal(refusal, of: subscription.projects, gate, terms).send(to: .get, writer)
        case .opened:
            let body = try await writer.writeHead(head(terms))
            try await Self.write(.retry(after: Self.retry), to: body)
            try await outlet.serve(over: channel)
            try await body.finish(nil)
        }
    }

    /// Says whether there is such a stream, which may have to be looked for.
    @concurrent
    func serveHead(_ subscription: Subscription, _ writer: consuming ResponseWriter) async throws {
        if let refusal = await refusal(of: subscription) {
            return try await Self.refusal(refusal, of: subscription.projects, gate, subscription.terms)
                .send(to: .head, writer)
        }
        // Without a length the encoder would take the answer for chunked and send a body's end (RFC 9110, 9.3.2).
        var head = head(subscription.terms)
        head.headerFields[.contentLength] = "0"
        try await writer.writeResponse(head)
    }

    /// Why there is none; nil if there is one, or if nobody can tell now: who asks for it is then told to come again.
    @concurrent
    private func refusal(of subscription: Subscription) async -> StreamRefusal? {
        if case .monitor = subscription { return nil }
        for member in subscription.members {
            switch await state(of: member.terms?.permit) {
            case .ended(.unauthenticated): return .unauthenticated
            case .ended: continue
            case .unknown: return nil
            case .holds: guard case .unknown = await cache.read(member.project) else { return nil }
            }
        }
        return .unknownProject
    }

    @concurrent
    private func state(of permit: (any Permit)?) async -> PermitState {
        guard let permit else { return .holds(checkAfter_seconds: .max) }
        return await withCheckedContinuation { continuation in
            permit.check { continuation.resume(returning: $0) }
        }
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
    private static func write(_ frame: Frame, to body: some ResponseBodyWriter) async throws {
        var body = body
        for part in frame.parts { try await body.write(part) }
    }
}
