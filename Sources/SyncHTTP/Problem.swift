import Fanout
import HTTPTypes
import NIOCore
import ProjectSync

/// An error's answer (RFC 9457).
package struct Problem: Error, Equatable, Sendable {
    package let status: HTTPResponse.Status
    /// The last part of `type`, which is `/problems/` and this name.
    package let name: String
    package let title: String
    package let detail: String
    package var headers: HTTPFields = [:]
    /// A JSON object of what else there is to tell.
    package var members = "{}"

    package static func badRequest(_ detail: String) -> Problem {
        Problem(status: .badRequest, name: "bad-request", title: "The request is malformed", detail: detail)
    }

    package static let notFound = Problem(
        status: .notFound, name: "not-found", title: "There is nothing at this path",
        detail: "See the README for the paths of this server.")

    package static func unknownProject(_ id: ProjectIDText) -> Problem {
        Problem(
            status: .notFound, name: "unknown-project", title: "There is no such project",
            detail: "content_creation_requests has no row with the id \(id).")
    }

    static func badProjectCount(_ count: Int) -> Problem {
        .badRequest("A joint stream is of 1 to \(Subscription.mostProjects) projects (?project=...), not of \(count).")
    }

    static func unknown(_ projects: [ProjectID]) -> Problem {
        unknownProject(projects.map(\.description).joined(separator: ", nor "))
    }

    package static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
        let list = allowed.map(\.rawValue).joined(separator: ", ")
        return Problem(
            status: .methodNotAllowed, name: "method-not-allowed", title: "The method is not allowed here",
            detail: "This path answers \(list).", headers: [.allow: list])
    }

    package static func unavailable(_ reason: String) -> Problem {
        Problem(
            status: .serviceUnavailable, name: "unavailable", title: "The database cannot be asked",
            detail: reason, headers: [.retryAfter: "2"])
    }

    static let tooManyRequests = Problem(
        status: .tooManyRequests, name: "too-many-requests", title: "Too many requests are under way",
        detail: "Try again in a moment.", headers: [.retryAfter: "1"])

    package static let failed = Problem(
        status: .internalServerError, name: "failed", title: "The server has failed",
        detail: "The server's log tells more.")

    /// A project's id as it is printed.
    package typealias ProjectIDText = String

    var reply: Reply {
        var body = ByteBuffer()
        body.writeString("{")
        for (key, value) in [("type", "/problems/\(name)"), ("title", title), ("detail", detail)] {
            body.writeString("\"\(key)\": \(JSONText.string(value)), ")
        }
        body.writeString("\"status\": \(status.code)")
        let more = members.dropFirst().dropLast()
        if !more.isEmpty { body.writeString(", \(more)") }
        body.writeString("}\n")
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        return Reply(status: status, headers: headers, body: body)
    }
}
