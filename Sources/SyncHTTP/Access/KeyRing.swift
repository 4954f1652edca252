import Logging
import Synchronization

/// The keys that tokens are checked with: a secret of ours, and those that an issuer publishes, as last read. They are kept
/// while the issuer is away.
package final class KeyRing: Sendable {
    private struct State {
        var published: KeySet?
        /// Another number, another set.
        var edition = 0
        var plan = RefreshPlan()
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let secret: SigningKey?
    private let source: KeySource?
    private let logger: Logger
    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    package init(secret: String?, source: KeySource?, logger: Logger) async throws {
        self.secret = if let secret { try await SigningKey.secret(secret) } else { nil }
        self.source = source
        self.logger = logger
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The first reading of the issuer's keys. A file has to be there; an address may be heard of later.
    package func begin() async throws {
        guard let source, state.withLock({ $0.plan.begin(now: .now) }) else { return }
        do {
            try await read(source)
        } catch {
            if case .file(let path) = source { throw KeySet.Malformed(description: "--jwks \(path): \(error)") }
            note(error)
        }
    }

    /// Reads the issuer's keys again from time to time, and when one is wanted that is not here, until it is cancelled.
    package func run() async {
        guard let source else { return }
        await withTaskGroup { tasks in
            tasks.addTask { [wake] in
                while (try? await Task.sleep(for: .seconds(1))) != nil { wake.yield() }
            }
            for await _ in wakes where state.withLock({ $0.plan.begin(now: .now) }) {
                do { try await read(source) } catch { note(error) }
            }
            tasks.cancelAll()
        }
    }

    var edition: Int { state.withLock { $0.edition } }

    func isTrusted(_ key: SigningKey.ID) -> Bool { keys.contains { $0.id == key } }

    /// The key that has signed the token.
    func key(of token: Token) throws(TokenError) -> SigningKey {
        let all = keys
        let fitting = all.filter { $0.algorithm == token.algorithm }
        guard !fitting.isEmpty else { throw missing(token) }
        let candidates = fitting.filter { $0.answers(to: token.keyID) }
        if candidates.isEmpty { throw .unknownKey }
        // Without a name it has to be clear which one is meant: to try all of them is what an attacker would like.
        if token.keyID == nil && candidates.count > 1 { throw .unknownKey }
        guard let key = candidates.first(where: { $0.verifies(token) }) else { throw .signature }
        return key
    }

    /// Asks for the issuer's keys, if it is not asked too often already, and waits for the answer.
    func refresh() async {
        guard source != nil else { return }
        await withCheckedContinuation { continuation in
            let isWorthIt = state.withLock { state in
                guard state.plan.want(now: .now) else { return false }
                state.waiting.append(continuation)
                return true
            }
            if isWorthIt { wake.yield() } else { continuation.resume() }
        }
    }

    private var keys: [SigningKey] {
        (secret.map { [$0] } ?? []) + (state.withLock { $0.published?.keys } ?? [])
    }

    private func missing(_ token: Token) -> TokenError {
        guard source != nil, ["RS256", "ES256", "EdDSA"].contains(token.algorithm) else { return .algorithm }
        return state.withLock { $0.published == nil } ? .noKeys : .unknownKey
    }

    private func read(_ source: KeySource) async throws {
        let result: Result<KeySet, any Error>
        do { result = .success(try await KeySet.read(try await source.read())) } catch { result = .failure(error) }
        let (waiting, isNew) = state.withLock { state in
            var isNew = false
            if case .success(let set) = result {
                isNew = Set(set.keys.map(\.id)) != Set((state.published?.keys ?? []).map(\.id))
                if isNew { state.edition += 1 }
                state.published = set
            }
            state.plan.end(hasSucceeded: (try? result.get()) != nil, now: .now)
            defer { state.waiting = [] }
            return (state.waiting, isNew)
        }
        for continuation in waiting { continuation.resume() }
        switch result {
        case .success(let set) where isNew:
            logger.info("keys of the issuer", metadata: ["keys": "\(set.keys.count)"])
            for reason in set.unused { logger.warning("a key of the issuer is not used: \(reason)") }
        case .success: break
        case .failure(let error): throw error
        }
    }

    private func note(_ error: any Error) {
        logger.warning("the issuer's keys cannot be read; those read before stay: \(error)")
    }
}
