import Crypto
import FoundationEssentials
import Testing

/// Tokens as an issuer would sign them with the secret that it shares with the daemon.
enum Tokens {
    static let secret = "a secret of the tests, 32 bytes and more"
    static let flags = ["--auth", "jwt", "--jwt-secret", secret]

    static func sign(_ claims: String, secret: String = Tokens.secret) -> String {
        let signed = "\(text(Array(#"{"alg": "HS256", "typ": "JWT"}"#.utf8))).\(text(Array(claims.utf8)))"
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(signed.utf8), using: SymmetricKey(data: Array(secret.utf8)))
        return "\(signed).\(text(Array(code)))"
    }

    /// A token with rights of its own, good for `seconds`.
    static func of(read: [String] = [], write: [String] = [], isAdmin: Bool = false, seconds: Int = 600) -> String {
        sign(
            """
            {"sub": "me", "exp": \(now + seconds), "scenesync": {"read": \(list(read)), "write": \(list(write)), \
            "admin": \(isAdmin)}}
            """)
    }

    /// One of Supabase's, for a user.
    static func of(user: String, role: String = "authenticated", seconds: Int = 600) -> String {
        sign(#"{"sub": "\#(user)", "role": "\#(role)", "exp": \#(now + seconds)}"#)
    }

    static func header(_ token: String) -> [String: String] { ["Authorization": "Bearer \(token)"] }

    static var now: Int { Int(Date().timeIntervalSince1970) }

    private static func list(_ texts: [String]) -> String {
        "[\(texts.map { "\"\($0)\"" }.joined(separator: ", "))]"
    }

    private static func text(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

extension Stage {
    /// Over a connection of its own, so that the reactor is the first to judge it.
    func get(_ target: String, as token: String, _ headers: [String: String] = [:]) async throws -> HTTPAnswer {
        try await daemon.client().get(target, headers.merging(Tokens.header(token)) { given, _ in given })
    }

    /// The stream's status if it is refused.
    func streamStatus(_ target: String, _ headers: [String: String] = [:]) async throws -> Int {
        do {
            let stream = try await EventStream.open(port: daemon.port, target, headers: headers)
            return stream.head.status
        } catch let error as RefusedStream {
            return error.head.status
        }
    }

    func stream(_ project: String, as token: String, lastEventID: String? = nil) async throws -> EventStream {
        try await EventStream.open(
            port: daemon.port, "/v1/projects/\(project)/events", lastEventID: lastEventID,
            headers: Tokens.header(token))
    }
}
