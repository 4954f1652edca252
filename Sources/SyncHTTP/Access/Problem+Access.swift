import HTTPTypes
import ProjectSync

/// The answers to those who may not.
extension Problem {
    private static let realm = "Bearer realm=\"scenesync\""

    static let tokenWanted = unauthenticated("A token is wanted: Authorization: Bearer …", challenge: realm)

    static func badToken(_ error: TokenError) -> Problem {
        guard error != .noKeys else { return unavailable(error.explanation) }
        return unauthenticated(
            "The token does not count. \(error.explanation)",
            challenge: "\(realm), error=\"invalid_token\", error_description=\"\(error.challenge)\"")
    }

    /// What is there, but does not count.
    static func badCredentials(_ why: String) -> Problem {
        unauthenticated(why, challenge: "\(realm), error=\"invalid_request\"")
    }

    static let roleWanted = unauthenticated(
        "The token names no role that this server may take in the database (see --rls-role).",
        challenge: "\(realm), error=\"invalid_token\"")

    /// Of a token that was good when the request came in.
    static let rightEnded = unauthenticated(
        "The token counts no more, or its role is not one that this server may take.",
        challenge: "\(realm), error=\"invalid_token\"")

    static let mayNotWrite = Problem(
        status: .forbidden, name: "forbidden", title: "This is not allowed",
        detail: "The token lets its bearer read this project, but not do this.")

    static let adminOnly = Problem(
        status: .forbidden, name: "forbidden", title: "This is not allowed",
        detail: "This is for administrators: the token needs admin in its claim scenesync.")

    static let misdirected = Problem(
        status: .misdirectedRequest, name: "misdirected", title: "This server is not called by this name",
        detail: "On loopback Host has to be localhost, 127.0.0.1 or [::1]; --allowed-host adds others.")

    static let foreignOrigin = Problem(
        status: .forbidden, name: "foreign-origin", title: "Pages of this origin may not use this server",
        detail: "--cors-origin names those that may.")

    private static func unauthenticated(_ detail: String, challenge: String) -> Problem {
        Problem(
            status: .unauthorized, name: "unauthenticated", title: "It is not known who asks", detail: detail,
            headers: [.wwwAuthenticate: challenge])
    }
}

extension TokenError {
    /// As it may stand in a quoted string (RFC 6750, section 3).
    fileprivate var challenge: String { explanation.filter { $0 != "\"" && $0 != "\\" } }
}
