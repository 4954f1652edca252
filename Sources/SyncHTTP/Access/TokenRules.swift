import ProjectSync

/// What is wanted of a token besides its signature.
package struct TokenRules: Sendable {
    /// By how much an issuer's clock may be ahead of ours.
    private static let leeway_seconds = 5

    let issuer: String?
    let audience: String?

    package init(issuer: String? = nil, audience: String? = nil) {
        self.issuer = issuer
        self.audience = audience
    }

    /// Who bears it, if what it says holds at the second `now` since 1970. Its signature has been checked with `key`.
    func identity(_ payload: [UInt8], key: SigningKey.ID, now: Int) throws(TokenError) -> Identity {
        guard let claims = JSONMembers(payload) else { throw .malformed }
        let end = try Self.second(claims, "exp", rounded: .down)
        let start = try Self.second(claims, "nbf", rounded: .up)
        if let issuer, claims.string("iss") != issuer { throw .issuer }
        if let audience {
            guard let meant = claims.strings("aud") ?? claims.string("aud").map({ [$0] }), meant.contains(audience)
            else { throw .audience }
        }
        for name in ["sub", "role"] where claims.has(name) && !claims.isNull(name) && claims.string(name) == nil {
            throw .claims("Its claim \(name) has to be a string.")
        }
        let identity = Identity(
            subject: claims.string("sub"),
            caller: claims.string("role").map { .init(role: $0, claims: String(decoding: payload, as: UTF8.self)) },
            grants: try Grants(claims), start_seconds: start.map { $0 - Self.leeway_seconds }, end_seconds: end,
            key: key)
        try identity.check(now: now)
        return identity
    }

    private static func second(
        _ claims: JSONMembers, _ name: String, rounded rule: FloatingPointRoundingRule
    ) throws(TokenError) -> Int? {
        guard claims.has(name) else { return nil }
        // Up to here a double tells each second from the next.
        guard let number = claims.number(name), abs(number) < 9e15 else {
            throw .claims("Its claim \(name) has to be a number of seconds.")
        }
        return Int(number.rounded(rule))
    }
}
