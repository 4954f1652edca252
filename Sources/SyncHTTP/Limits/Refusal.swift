import Fanout
import HTTPTypes

/// Why a request is refused before anybody looks what it asks for. Its connection ends with the answer.
enum Refusal: Error, Hashable, Sendable {
    /// It is not written as RFC 9112 has requests, or so that another might read it otherwise.
    case malformed(String)
    case unsupportedVersion
    case unknownMethod
    case urlTooLong
    case headTooLarge
    case bodyTooLarge
    case tooSlow

    /// Of a request whose head another parser has read, over HTTP/2; nil if it is not too large.
    static func ofHead(_ asked: Asked, _ rules: ConnectionRules) -> Refusal? {
        if asked.target.utf8.count > rules.url_bytes { return .urlTooLong }
        let head_bytes = asked.headers.reduce(asked.target.utf8.count) {
            $0 + $1.name.rawName.utf8.count + $1.value.utf8.count
        }
        return asked.headers.count > RequestHead.mostFields || head_bytes > rules.head_bytes ? .headTooLarge : nil
    }

    func problem(_ rules: ConnectionRules) -> Problem {
        switch self {
        case .malformed(let detail): Problem.badRequest(detail)
        case .unsupportedVersion:
            Problem(
                status: .httpVersionNotSupported, name: "version", title: "This version of HTTP is not spoken here",
                detail: "Use HTTP/1.1 or, where it is offered, HTTP/2.")
        case .unknownMethod:
            Problem(
                status: .notImplemented, name: "unknown-method", title: "There is no such method here",
                detail: "Nothing here is asked for in that way.")
        case .urlTooLong:
            Problem(
                status: .uriTooLong, name: "url-too-long", title: "The URL is too long",
                detail: "A URL has at most \(rules.url_bytes) bytes.")
        case .headTooLarge:
            Problem(
                status: .requestHeaderFieldsTooLarge, name: "head-too-large", title: "The headers are too large",
                detail:
                    "A request's head has at most \(rules.head_bytes) bytes and \(RequestHead.mostFields) fields.")
        case .bodyTooLarge: Problem.tooLarge(rules.body_bytes)
        case .tooSlow:
            Problem(
                status: .requestTimeout, name: "too-slow", title: "The request took too long to come",
                detail: "Send it at once, or faster.")
        }
    }

    /// The answer that a connection over HTTP/1.1 ends with.
    func lastReply(_ rules: ConnectionRules) -> Reply {
        var reply = problem(rules).reply
        reply.headers[.connection] = "close"
        return reply
    }

    /// The request that stands for it among those of its connection. Every one that was sent has a scheme.
    func request(of origin: String?) -> HTTPRequest {
        var fields: HTTPFields = [.connection: "close"]
        fields[.origin] = origin
        return HTTPRequest(method: .get, scheme: nil, authority: nil, path: name, headerFields: fields)
    }

    /// The refusal that a request stands for.
    init?(_ request: HTTPRequest) {
        guard request.scheme == nil, let name = request.path else { return nil }
        self = Self.named.first { $0.name == name } ?? .malformed(String(name.dropFirst(Self.prefix.count)))
    }

    private static let prefix = "malformed: "
    private static let named: [Refusal] = [
        .unsupportedVersion, .unknownMethod, .urlTooLong, .headTooLarge, .bodyTooLarge, .tooSlow,
    ]

    private var name: String {
        if case .malformed(let detail) = self { Self.prefix + detail } else { "\(self)" }
    }
}
