import Logging
import Testing

@testable import SyncHTTP

/// How keys come and go.
@Suite(.timeLimit(.minutes(1)))
struct KeyRingTests {
    private static let claims = #"{"sub": "me"}"#

    @Test func `a key that is new is asked for, and one that has gone does not count`() async throws {
        let issuer = try Issuer()
        let old = try issuer.token(#"{"alg": "EdDSA", "kid": "d"}"#, Self.claims, .ed25519)
        let new = try issuer.token(#"{"alg": "ES256", "kid": "new"}"#, Self.claims, .p256)
        let running = RunningRing(try await issuer.ring(secret: nil))
        let authenticator = Authenticator(running.ring, TokenRules())
        let identity = try await authenticator.identity(old)
        await #expect(throws: TokenError.unknownKey) { try await authenticator.identity(new) }

        try issuer.publish(#"{"keys": [\#(issuer.p256Key(id: "new"))]}"#)

        #expect(try await authenticator.identity(new).subject == "me")
        #expect(!authenticator.isTrusted(identity))
        #expect(try authenticator.identityNow(new)?.subject == "me")
        await #expect(throws: TokenError.self) { try await authenticator.identity(old) }
    }

    @Test(arguments: [
        "", "{}", "not JSON", #"{"keys": []}"#, #"{"keys": [{"kty": "oct", "k": "AA"}]}"#, #"{"keys": [1]}"#,
    ])
    func `while the issuer is away its keys stay`(text: String) async throws {
        let issuer = try Issuer()
        let token = try issuer.token(#"{"alg": "RS256", "kid": "r"}"#, Self.claims, .rsa)
        let running = RunningRing(try await issuer.ring(secret: nil))
        let authenticator = Authenticator(running.ring, TokenRules())
        try issuer.publish(text)
        let unheard = try issuer.token(#"{"alg": "RS256", "kid": "x"}"#, Self.claims, .rsa)
        await #expect(throws: TokenError.unknownKey) { try await authenticator.identity(unheard) }

        #expect(try await authenticator.identity(token).subject == "me")
    }

    @Test func `a key is used for what it is published for`() async throws {
        let issuer = try Issuer()
        try issuer.publish(
            """
            {"keys": [\(issuer.p256Key(id: "a", more: #", "use": "enc""#)),
            \(issuer.p256Key(id: "b", more: #", "alg": "ES384""#)),
            \(issuer.p256Key(id: "c", more: #", "key_ops": ["sign"]"#)),
            \(try issuer.rsaKey(id: "d", more: #", "alg": "PS256""#)),
            \(try issuer.rsaKey(id: "e", more: #", "alg": "HS256""#)),
            {"kty": "RSA", "kid": "f", "n": "AQAB", "e": "AQAB"}, {"kty": "EC", "crv": "P-256", "kid": "g", "x": "AA", "y": "AA"},
            \(issuer.p256Key(id: "good", more: #", "use": "sig", "alg": "ES256", "key_ops": ["verify"]"#))]}
            """)
        let authenticator = Authenticator(try await issuer.ring(secret: nil), TokenRules())

        for id in ["a", "b", "c", "g"] {
            let token = try issuer.token(#"{"alg": "ES256", "kid": "\#(id)"}"#, Self.claims, .p256)
            #expect(try authenticator.identityNow(token) == nil, "\(id)")
        }
        for id in ["d", "e", "f"] {
            let token = try issuer.token(#"{"alg": "RS256", "kid": "\#(id)"}"#, Self.claims, .rsa)
            #expect(try authenticator.identityNow(token) == nil, "\(id)")
        }
        let token = try issuer.token(#"{"alg": "ES256", "kid": "good"}"#, Self.claims, .p256)
        #expect(try authenticator.identityNow(token) != nil)
    }

    @Test func `however many unheard keys are named, the issuer is asked a few times`() {
        var plan = RefreshPlan()
        let start = ContinuousClock.now
        var asked = 0

        // Ten names a second, for a minute; each answer comes at once.
        for tenth in 0..<600 {
            let now = start + .milliseconds(tenth * 100)
            _ = plan.want(now: now)
            if plan.begin(now: now) {
                asked += 1
                plan.end(hasSucceeded: true, now: now)
            }
        }

        #expect(3...9 ~= asked, "\(asked)")
    }

    @Test func `without being wanted the keys are read every five minutes, and soon after a failure`() {
        var plan = RefreshPlan()
        let start = ContinuousClock.now
        var begun = [plan.begin(now: start), plan.begin(now: start + .seconds(400))]
        plan.end(hasSucceeded: true, now: start)
        begun += [plan.begin(now: start + .seconds(299)), plan.begin(now: start + .seconds(300))]
        plan.end(hasSucceeded: false, now: start + .seconds(300))
        begun += [plan.begin(now: start + .seconds(304)), plan.begin(now: start + .seconds(305))]

        #expect(begun == [true, false, false, true, false, true])
    }
}
