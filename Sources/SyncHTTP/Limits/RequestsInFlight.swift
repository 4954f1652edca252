import Synchronization

/// Bounds the requests that wait for something at one time: a body, a load, the database, an issuer.
package final class RequestsInFlight: Sendable {
    private let limit: Int
    private let count = Atomic<Int>(0)

    package init(limit: Int) {
        self.limit = limit
    }

    /// Whether there is room for one more, which is to leave again.
    func enter() -> Bool {
        guard count.wrappingAdd(1, ordering: .relaxed).newValue > limit else { return true }
        leave()
        return false
    }

    func leave() {
        count.wrappingSubtract(1, ordering: .relaxed)
    }
}
