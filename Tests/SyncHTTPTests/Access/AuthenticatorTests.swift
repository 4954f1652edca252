import Testing

@testable import SyncHTTP

@Suite struct AuthenticatorTests {
    @Test
    func `a flood of bad signatures takes a tenth of a thread that serves sockets, and others are checked elsewhere`()
        async throws
    {
        let issuer = try Issuer()
        let authenticator = Authenticator(try await issuer.ring(), TokenRules())
        let good = try issuer.token(#"{"alg": "HS256"}"#, #"{"sub": "me"}"#, .secret(Issuer.secret))
        var refused = 0

        for number in 0..<2_000 {
            let bad = try issuer.token(#"{"alg": "HS256"}"#, "{\"sub\": \"\(number)\"}", .secret("another"))
            do throws(TokenError) {
                if try authenticator.identityNow(bad, now: Issuer.now) != nil { Issue.record("taken: \(number)") }
            } catch {
                #expect(error == .signature)
                refused += 1
            }
        }

        // What is left is not refused, but has to wait.
        #expect(refused == 500)
        #expect(try authenticator.identityNow(good, now: Issuer.now) == nil)
        #expect(try await authenticator.identity(good, now: Issuer.now).subject == "me")
        // And then it is known.
        #expect(try authenticator.identityNow(good, now: Issuer.now) != nil)
        let another = try issuer.token(#"{"alg": "HS256"}"#, #"{"sub": "other"}"#, .secret(Issuer.secret))
        #expect(try authenticator.identityNow(another, now: Issuer.now + 1) != nil)
    }
}
