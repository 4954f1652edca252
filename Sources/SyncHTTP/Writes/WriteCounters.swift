import ProjectSync
import Synchronization

/// What clients have asked to be written since the daemon started, and how it ended.
package final class WriteCounters: Sendable {
    /// A kind of write and of its end; as metrics name them.
    struct Key: Hashable {
        let operation: String
        let outcome: String
    }

    static let operations = ["save", "upsert", "regenerate"]
    static let outcomes = ["done", "replayed", "conflict", "outdated", "refused", "unavailable", "failed"]

    private let counts = Mutex<[Key: Int]>([:])

    func count(_ write: ProjectWrite, _ outcome: WriteOutcome) {
        let key = Key(operation: write.name, outcome: outcome.name)
        counts.withLock { $0[key, default: 0] += 1 }
    }

    func total(_ operation: String, _ outcome: String) -> Int {
        counts.withLock { $0[Key(operation: operation, outcome: outcome), default: 0] }
    }
}

extension ProjectWrite {
    fileprivate var name: String {
        switch self {
        case .save: "save"
        case .upsert: "upsert"
        case .regenerate: "regenerate"
        }
    }
}

extension WriteOutcome {
    fileprivate var name: String {
        switch self {
        case .done(_, _, _, let isReplay): isReplay ? "replayed" : "done"
        case .refused(_, "occupied", _): "conflict"
        case .refused(_, "outdated-generation", _): "outdated"
        case .refused, .forbidden: "refused"
        case .unavailable: "unavailable"
        case .failed: "failed"
        }
    }
}
