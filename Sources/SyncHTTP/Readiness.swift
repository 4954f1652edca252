import HTTPTypes
import ProjectSync
import Synchronization

/// Whether this daemon should be sent requests.
package final class Readiness: Sendable {
    private let isDraining = Atomic<Bool>(false)

    package init() {}

    /// The daemon is about to stop: from now on it is not ready.
    package func drain() {
        isDraining.store(true, ordering: .relaxed)
    }

    func reply(_ overview: CacheOverview) -> Reply {
        if isDraining.load(ordering: .relaxed) { return Self.refusal("The daemon is shutting down.") }
        switch overview.status {
        case .connecting: return Self.refusal("The daemon has not reached the database yet.")
        case .stale(let since, let reason): return Self.refusal("The database is lost since \(since): \(reason)")
        case .unsafe(_, let reason): return Self.refusal("The feed is not safe yet: \(reason)")
        case .live where overview.outstanding > 0:
            return Self.refusal("\(overview.outstanding) watched projects are still being revalidated.")
        case .live: return .json("{\"status\": \"ready\"}\n")
        }
    }

    private static func refusal(_ detail: String) -> Reply {
        Problem(
            status: .serviceUnavailable, name: "not-ready", title: "The daemon is not ready", detail: detail,
            headers: [.retryAfter: "1"]
        ).reply
    }
}
