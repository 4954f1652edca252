import ProjectSync
import Testing

@testable import SyncHTTP

/// Tokens that are right, and everything that only looks like one.
@Suite(.timeLimit(.minutes(2)))
struct TokenForgeryTests {
    private static let rules = TokenRules(issuer: "https://issuer.example", audience: "scenesync")
    private static let good = claims()

    private let issuer: Issuer
    private let running: RunningRing
    private let authenticator: Authenticator

    init() async throws {
        issuer = try Issuer()
        running = RunningRing(try await issuer.ring())
        authenticator = Authenticator(running.ring, Self.rules)
    }

    /// The claims of a right token; `changes` replaces some of them, or leaves them out.
    private static func claims(_ changes: [String: String?] = [:]) -> String {
        var claims: [String: String?] = [
            "iss": #""https://issuer.example""#, "aud": #""scenesync""#, "sub": #""me""#, "exp": "\(Issuer.now + 60)",
            "nbf": "\(Issuer.now)", "scenesync": #"{"read": ["*"]}"#,
        ]
        for (name, value) in changes { claims[name] = .some(value) }
        let members = claims.sorted { $0.key < $1.key }.compactMap { name, value in value.map { "\"\(name)\": \($0)" } }
        return "{\(members.joined(separator: ", "))}"
    }

    private func expectRefusal(
        _ token: String, _ error: TokenError? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        do throws(TokenError) {
            _ = try await authenticator.identity(token, now: Issuer.now)
            Issue.record("taken: \(token)", sourceLocation: sourceLocation)
        } catch let found {
            if let error { #expect(found == error, "\(token)", sourceLocation: sourceLocation) }
        }
        // What was refused is not remembered, and is refused without waiting too.
        let isTaken = (try? authenticator.identityNow(token, now: Issuer.now)) ?? nil
        #expect(isTaken == nil, sourceLocation: sourceLocation)
    }

    @Test(
        arguments: [
            ("HS256", nil, "secret"), ("HS256", "any", "secret"), ("RS256", "r", "rsa"), ("ES256", "e", "p256"),
            ("EdDSA", "d", "ed25519"), ("RS256", nil, "rsa"), ("ES256", nil, "p256"), ("EdDSA", nil, "ed25519"),
        ] as [(String, String?, String)])
    func `a right token says who bears it`(algorithm: String, id: String?, kind: String) async throws {
        let header = #"{"alg": "\#(algorithm)", "typ": "JWT"\#(id.map { #", "kid": "\#($0)""# } ?? "")}"#
        let token = try issuer.token(header, Self.good, issuer.signature(kind))

        let identity = try await authenticator.identity(token, now: Issuer.now)
        let remembered = try authenticator.identityNow(token, now: Issuer.now)

        #expect(identity.subject == "me")
        #expect(identity.grants.read == .all && identity.grants.write == .some([]) && !identity.grants.isAdmin)
        #expect(identity.end_seconds == Issuer.now + 60)
        #expect(remembered === identity)
    }

    /// Headers, and what the token is signed with.
    @Test(
        arguments: [
            // No signature at all.
            (#"{"alg": "none"}"#, "none"), (#"{"alg": "None"}"#, "none"), (#"{"alg": "NONE", "kid": "e"}"#, "none"),
            (#"{"alg": ""}"#, "none"), (#"{"alg": null}"#, "none"), (#"{}"#, "none"), (#"{"typ": "JWT"}"#, "secret"),
            (#"{"alg": "HS256"}"#, "none"), (#"{"alg": "RS256", "kid": "r"}"#, "none"),
            (#"{"alg": "ES256", "kid": "e"}"#, "none"), (#"{"alg": "EdDSA", "kid": "d"}"#, "none"),
            // A key with another key's algorithm, above all a public key taken for a secret.
            (#"{"alg": "HS256", "kid": "r"}"#, "rsa-as-secret"), (#"{"alg": "HS256", "kid": "e"}"#, "p256-as-secret"),
            (#"{"alg": "HS256", "kid": "d"}"#, "ed25519-as-secret"), (#"{"alg": "HS256"}"#, "wrong-secret"),
            (#"{"alg": "HS256"}"#, "empty-secret"), (#"{"alg": "HS256"}"#, "rsa"),
            (#"{"alg": "RS256", "kid": "r"}"#, "secret"), (#"{"alg": "RS256", "kid": "e"}"#, "rsa"),
            (#"{"alg": "ES256", "kid": "r"}"#, "p256"), (#"{"alg": "ES256", "kid": "d"}"#, "p256"),
            (#"{"alg": "EdDSA", "kid": "e"}"#, "ed25519"), (#"{"alg": "ES256", "kid": "e"}"#, "ed25519"),
            // Algorithms that no key here is for.
            (#"{"alg": "HS384"}"#, "secret"), (#"{"alg": "HS512"}"#, "secret"),
            (#"{"alg": "RS512", "kid": "r"}"#, "rsa"),
            (#"{"alg": "PS256", "kid": "r"}"#, "rsa-pss"), (#"{"alg": "RS256", "kid": "r"}"#, "rsa-pss"),
            (#"{"alg": "ES384", "kid": "e"}"#, "p256"), (#"{"alg": "hs256"}"#, "secret"),
            (#"{"alg": "HS256 "}"#, "secret"), (#"{"alg": ["HS256"]}"#, "secret"),
            // Keys of somebody else, or that the token itself brings.
            (#"{"alg": "ES256", "kid": "e"}"#, "foreign"), (#"{"alg": "ES256", "kid": "none"}"#, "foreign"),
            (#"{"alg": "ES256", "kid": "o"}"#, "foreign"), (#"{"alg": "ES256", "kid": "../e"}"#, "foreign"),
            (#"{"alg": "ES256", "kid": "e' OR '1'='1"}"#, "foreign"), (#"{"alg": "ES256", "kid": 1}"#, "p256"),
            (#"{"alg": "ES256", "kid": null}"#, "p256"),
            (#"{"alg": "ES256", "jku": "https://evil.example/k"}"#, "foreign"),
            (#"{"alg": "ES256", "jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}"#, "foreign"),
            // What would have to be understood, and what says two things.
            (#"{"alg": "HS256", "crit": ["exp"]}"#, "secret"),
            (#"{"alg": "HS256", "b64": false, "crit": ["b64"]}"#, "secret"),
            (#"{"alg": "HS256", "zip": "DEF"}"#, "secret"), (#"{"alg": "HS256", "enc": "A256GCM"}"#, "secret"),
            (#"{"alg": "HS256", "typ": "logout+jwt"}"#, "secret"), (#"{"alg": "HS256", "typ": 1}"#, "secret"),
            (#"{"alg": "none", "alg": "HS256"}"#, "secret"), (#"{"alg": "HS256", "alg": "none"}"#, "secret"),
            (#"{"alg": "HS256"} "#, "cut-secret"), (#"{"alg": "HS256",}"#, "secret"), (#"["HS256"]"#, "secret"),
            (#"{"alg": "ES256", "kid": "e"}"#, "p256-der"),
        ])
    func `a forged header or signature is refused`(header: String, kind: String) async throws {
        var token = try issuer.token(header, Self.good, issuer.signature(kind))
        if kind == "cut-secret" { token.removeLast(3) }

        await expectRefusal(token)
    }

    @Test(
        arguments: [
            ("exp", "\(Issuer.now)", .expired), ("exp", "\(Issuer.now - 1)", .expired), ("exp", "0", .expired),
            ("exp", "-1", .expired), ("exp", "\(Issuer.now).5", .expired), ("nbf", "\(Issuer.now + 6)", .notYetValid),
            ("nbf", "\(Issuer.now + 5).5", .notYetValid),
            ("exp", #""\#(Issuer.now + 60)""#, nil), ("exp", "null", nil), ("exp", "true", nil), ("exp", "1e400", nil),
            ("exp", "[]", nil), ("nbf", #""0""#, nil), ("nbf", "1e300", nil),
            ("iss", #""https://issuer.example/""#, .issuer), ("iss", #""https://evil.example""#, .issuer),
            ("iss", nil, .issuer), ("iss", "null", .issuer), ("iss", #"["https://issuer.example"]"#, .issuer),
            ("aud", #""scenesync2""#, .audience), ("aud", nil, .audience), ("aud", "[]", .audience),
            ("aud", #"["other", "Scenesync"]"#, .audience), ("aud", #"["scenesync", 1]"#, .audience),
            ("aud", #"{"scenesync": true}"#, .audience), ("sub", "1", nil), ("role", #"["service_role"]"#, nil),
            ("role", "true", nil), ("scenesync", #""*""#, nil), ("scenesync", "null", nil),
            ("scenesync", #"{"read": "*"}"#, nil), ("scenesync", #"{"read": ["**"]}"#, nil),
            ("scenesync", #"{"write": [1]}"#, nil), ("scenesync", #"{"write": null}"#, nil),
            ("scenesync", #"{"admin": "true"}"#, nil), ("scenesync", #"{"admin": 1}"#, nil),
            ("scenesync", #"{"read": [], "read": ["*"]}"#, nil),
        ] as [(String, String?, TokenError?)])
    func `a well signed token is refused for what it says`(
        claim: String, value: String?, error: TokenError?
    ) async throws {
        let token = try issuer.token(
            #"{"alg": "HS256"}"#, Self.claims([claim: value]), .secret(Issuer.secret))

        await expectRefusal(token, error)
    }

    @Test(
        arguments: [
            ("exp", "\(Issuer.now + 1)"), ("exp", "\(Issuer.now + 1).5"), ("nbf", "\(Issuer.now + 5)"),
            ("nbf", "\(Issuer.now + 4).5"),
        ])
    func `an issuer's clock may be five seconds ahead, and a token counts in its last second`(
        claim: String, value: String
    ) async throws {
        let token = try issuer.token(#"{"alg": "HS256"}"#, Self.claims([claim: value]), .secret(Issuer.secret))

        #expect(try await authenticator.identity(token, now: Issuer.now).subject == "me")
    }

    @Test func `a token cannot be written in another way`() async throws {
        let token = try issuer.token(#"{"alg": "HS256"}"#, Self.good, .secret(Issuer.secret))
        let parts = token.split(separator: ".").map(String.init)
        _ = try await authenticator.identity(token, now: Issuer.now)
        let last = try #require(parts[2].last)
        // 32 bytes leave two bits over, which have to be zero.
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let place = try #require(alphabet.firstIndex(of: last))
        let otherEnd = "\(token.dropLast())\(alphabet[place ^ 1])"
        let invisible = parts.map { "\($0)\u{200b}" }.joined(separator: ".")
        let forms: [String] = [
            "\(token)=", "\(token).", ".\(token)", " \(token)", "\(token) ", "\(token)\n", "\(token)\0", parts[0],
            "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", "\(parts[0])..\(parts[2])",
            ".\(parts[1]).\(parts[2])", token.replacing(".", with: ".."), "\(token).\(parts[2]).\(parts[2])",
            otherEnd, "", ".", "..", "...",
            String(repeating: "a", count: 20_000), "\(parts[0])=.\(parts[1]).\(parts[2])", "{}.{}.{}",
            token.uppercased(), invisible,
        ]

        for form in forms { await expectRefusal(form) }
    }

    @Test func `changed by one bit it is another token`() async throws {
        let header = #"{"alg": "ES256", "kid": "e"}"#
        let token = Array(try issuer.token(header, Self.good, .p256).utf8)

        for place in stride(from: 0, to: token.count, by: 7) {
            var forged = token
            forged[place] ^= 1
            await expectRefusal(String(decoding: forged, as: UTF8.self))
        }
    }

    @Test func `without a name it has to be clear which key is meant`() async throws {
        let other = try Issuer()
        try issuer.publish(#"{"keys": [\#(issuer.p256Key(id: "e")), \#(other.p256Key(id: "f"))]}"#)
        let running = RunningRing(try await issuer.ring(secret: nil))
        let token = try issuer.token(#"{"alg": "ES256"}"#, Self.good, .p256)

        await #expect(throws: TokenError.unknownKey) {
            try await Authenticator(running.ring, Self.rules).identity(token, now: Issuer.now)
        }
    }

    @Test func `what was good is so until it ends, and no longer`() async throws {
        let token = try issuer.token(#"{"alg": "HS256"}"#, Self.good, .secret(Issuer.secret))
        _ = try await authenticator.identity(token, now: Issuer.now)

        #expect(try authenticator.identityNow(token, now: Issuer.now + 59) != nil)
        #expect(throws: TokenError.expired) { try authenticator.identityNow(token, now: Issuer.now + 60) }
        await #expect(throws: TokenError.expired) { try await authenticator.identity(token, now: Issuer.now + 60) }
    }
}
