import Synchronization

/// Stops all writers between two transactions, and those of long ones between two statements.
final class PauseGate: Sendable {
    private struct State {
        var isClosed = false
        var admitsOpenTransactions = false
        var inside = 0
        var parked: [CheckedContinuation<Void, Never>] = []
        var closer: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Returns once the gate is open.
    func enter() async {
        await withCheckedContinuation { continuation in
            let isIn = state.withLock { state in
                guard !state.isClosed else {
                    state.parked.append(continuation)
                    return false
                }
                state.inside += 1
                return true
            }
            if isIn { continuation.resume() }
        }
    }

    func leave() {
        let closer = state.withLock { state in
            state.inside -= 1
            guard state.isClosed, state.inside == 0 else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.closer = nil }
            return state.closer
        }
        closer?.resume()
    }

    /// For a transaction that stays open for long: it may be open while the gate is closed.
    func pauseInTransaction() async {
        let mustPause = state.withLock { $0.isClosed && $0.admitsOpenTransactions }
        guard mustPause else { return }
        leave()
        await enter()
    }

    /// Returns once nobody is inside.
    func close(admittingOpenTransactions: Bool) async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                state.isClosed = true
                state.admitsOpenTransactions = admittingOpenTransactions
                if state.inside > 0 { state.closer = continuation }
                return state.inside == 0
            }
            if isEmpty { continuation.resume() }
        }
    }

    func open() {
        let parked = state.withLock { state in
            state.isClosed = false
            state.inside += state.parked.count
            defer { state.parked = [] }
            return state.parked
        }
        for continuation in parked { continuation.resume() }
    }

    var isClosed: Bool {
        state.withLock { $0.isClosed }
    }
}
