import ProjectSync
import Synchronization

/// Finds out who bears a token.
package final class Authenticator: Sendable {
    /// Signatures that are checked on threads which have sockets to serve, in one second: of the dearest kind they take a
    /// tenth of one.
    private static let checksAtOnce = 500

    private struct State {
        var memory = TokenMemory()
        var second = 0
        var checks = 0
    }

    private let keys: KeyRing
    private let rules: TokenRules
    private let state = Mutex(State())

    package init(_ keys: KeyRing, _ rules: TokenRules) {
        self.keys = keys
        self.rules = rules
    }

    /// Without waiting; nil if something has to be waited for, or if too many have come just now.
    func identityNow(_ text: String, now: Int = WallTime.now.seconds) throws(TokenError) -> Identity? {
        if let known = known(text) {
            try known.check(now: now)
            return known
        }
        let mayCheck = state.withLock { state in
            if state.second != now { (state.second, state.checks) = (now, 0) }
            state.checks += 1
            return state.checks <= Self.checksAtOnce
        }
        guard mayCheck else { return nil }
        do throws(TokenError) {
            return try check(text, now: now)
        } catch {
            if error == .unknownKey || error == .noKeys { return nil }
            throw error
        }
    }

    func identity(_ text: String, now: Int = WallTime.now.seconds) async throws(TokenError) -> Identity {
        if let known = known(text) {
            try known.check(now: now)
            return known
        }
        do throws(TokenError) {
            return try check(text, now: now)
        } catch {
            guard error == .unknownKey || error == .noKeys else { throw error }
            await keys.refresh()
            return try check(text, now: now)
        }
    }

    /// Whether the key that the token was checked with is still one.
    func isTrusted(_ identity: Identity) -> Bool { keys.isTrusted(identity.key) }

    private func known(_ text: String) -> Identity? {
        let edition = keys.edition
        return state.withLock { $0.memory.find(text, edition: edition) }
    }

    private func check(_ text: String, now: Int) throws(TokenError) -> Identity {
        // Before the keys are taken: who then checks with older ones is forgotten at once.
        let edition = keys.edition
        let token = try Token(text)
        let key = try keys.key(of: token)
        let identity = try rules.identity(token.payload, key: key.id, now: now)
        state.withLock { $0.memory.keep(text, identity, edition: edition) }
        return identity
    }
}
