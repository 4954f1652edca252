import Synchronization

/// Bounds the memory of all bodies that are being read or written at one time.
final class BodyBudget: Sendable {
    private let limit_bytes: Int
    private let used_bytes = Mutex(0)

    init(limit_bytes: Int) {
        self.limit_bytes = limit_bytes
    }

    /// Whether there is room. What is taken is to be given back.
    func take(_ count_bytes: Int) -> Bool {
        used_bytes.withLock { used in
            guard used + count_bytes <= limit_bytes else { return false }
            used += count_bytes
            return true
        }
    }

    func giveBack(_ count_bytes: Int) {
        used_bytes.withLock { $0 -= count_bytes }
    }
}
