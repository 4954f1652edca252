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

    /// What the daemon lacks to be ready; nil if nothing.
    package func lack(_ overview: CacheOverview) -> String? {
        if isDraining.load(ordering: .relaxed) { return "The daemon is shutting down." }
        switch overview.status {
        case .connecting: return "The daemon has not reached the database yet."
        case .stale(let since, let reason): return "The database is lost since \(since): \(reason)"
        case .unsafe(_, let reason): return "The feed is not safe yet: \(reason)"
        case .live where overview.outstanding > 0:
            return "\(overview.outstanding) watched projects are still being revalidated."
        case .live: return nil
        }
    }

    func reply(_ overview: CacheOverview) -> Reply {
        guard let lack = lack(overview) else { return .json("{\"status\": \"ready\"}\n") }
        return Problem(
            status: .serviceUnavailable, name: "not-ready", title: "The daemon is not ready", detail: lack,
            headers: [.retryAfter: "1"]
        ).reply
    }
}
