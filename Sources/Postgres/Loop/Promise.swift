import Synchronization

/// A result that comes once, from any thread, for any number of waiters. A cancelled waiter leaves; the rest stay.
package final class Promise<Value: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Value, any Error>

    private struct State {
        package var result: Result<Value, any Error>?
        var waiters: [UInt64: Waiter] = [:]
        var tickets: UInt64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var result: Result<Value, any Error>? {
        state.withLock { $0.result }
    }

    /// The first result counts; whether this was it.
    @discardableResult
    package func settle(_ result: Result<Value, any Error>) -> Bool {
        let waiters: [Waiter]? = state.withLock {
            guard $0.result == nil else { return nil }
            let waiters = Array($0.waiters.values)
            $0.result = result
            $0.waiters = [:]
            return waiters
        }
        for waiter in waiters ?? [] {
            waiter.resume(with: result)
        }
        return waiters != nil
    }

    package func value() async throws -> Value {
        let ticket = state.withLock {
            $0.tickets += 1
            return $0.tickets
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let result: Result<Value, any Error>? = state.withLock {
                    if let result = $0.result { return result }
                    // The handler below runs before this when the task was cancelled already.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    $0.waiters[ticket] = waiter
                    return nil
                }
                if let result {
                    waiter.resume(with: result)
                }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(throwing: CancellationError())
        }
    }
}
