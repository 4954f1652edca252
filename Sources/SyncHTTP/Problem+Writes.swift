import HTTPTypes
import ProjectSync

/// The answers to writes that are refused.
extension Problem {
    static let readOnly = Problem(
        status: .forbidden, name: "read-only", title: "This server takes no writes",
        detail: "It was started with --read-only.")

    static let unsupportedType = Problem(
        status: .unsupportedMediaType, name: "unsupported-type", title: "The body is of a type that is not taken",
        detail: "Images come as application/json.", headers: [.accept: "application/json"])

    static let unsupportedCoding = Problem(
        status: .unsupportedMediaType, name: "unsupported-type", title: "The body is of a type that is not taken",
        detail: "Bodies come without a Content-Encoding.", headers: [.acceptEncoding: "identity"])

    static func tooLarge(_ limit_bytes: Int) -> Problem {
        Problem(
            status: .contentTooLarge, name: "too-large", title: "The body is too large",
            detail: "A body has at most \(limit_bytes) bytes.")
    }

    static let busy = Problem(
        status: .serviceUnavailable, name: "unavailable", title: "Too much is being written",
        detail: "The bodies of other requests take all the room there is for them.", headers: [.retryAfter: "1"])

    static func badFields(_ errors: [FieldError]) -> Problem {
        let list = errors.map {
            "{\"pointer\": \(JSONText.string($0.pointer)), \"detail\": \(JSONText.string($0.detail))}"
        }
        var problem = Problem.badRequest("These are no images that can be saved; `errors` tells why.")
        problem.members = "{\"errors\": [\(list.joined(separator: ", "))]}"
        return problem
    }

    static func badSceneIndex(_ text: String) -> Problem {
        .badRequest("scene_index is a 32-bit integer, not \(text.prefix(40)).")
    }

    /// A rule of the app's own: a constraint, a trigger.
    static func forbiddenByDatabase(_ reason: String) -> Problem {
        Problem(
            status: .unprocessableContent, name: "refused", title: "The database has refused it", detail: reason)
    }

    /// What the database's functions refuse, by the name that they give the reason.
    static func refusedWrite(
        _ project: ProjectID, _ status: HTTPResponse.Status, _ name: String, members: String
    ) -> Problem {
        let (title, detail) = name == "unknown-project" ? words(unknownProject(project.description)) : words(of: name)
        var problem = Problem(status: status, name: name, title: title, detail: detail)
        if name == "request-running" { problem.headers[.retryAfter] = "1" }
        problem.members = members
        return problem
    }

    private static func words(_ problem: Problem) -> (title: String, detail: String) {
        (problem.title, problem.detail)
    }

    private static func words(of name: String) -> (title: String, detail: String) {
        switch name {
        case "occupied":
            ("There are images at these places already", "Nothing was saved. PUT replaces what is there.")
        case "outdated-generation":
            ("Scenes have been regenerated since", "Nothing was saved: the images are of a generation that is over.")
        case "request-running":
            ("The same request is under way", "One with this Idempotency-Key has come before and is not done yet.")
        case "key-reused":
            ("The key stands for another request", "This Idempotency-Key has come before, with another request.")
        default: ("The write was refused", "Nothing was written.")
        }
    }
}
