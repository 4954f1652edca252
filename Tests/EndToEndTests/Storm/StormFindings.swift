import Synchronization

/// What was wrong: the first few, each with what is needed to understand it.
final class StormFindings: Sendable {
    static let limit = 5

    private let findings = Mutex<[String]>([])

    var all: [String] {
        findings.withLock { $0 }
    }

    var isEmpty: Bool {
        findings.withLock { $0.isEmpty }
    }

    func add(_ text: String) {
        findings.withLock { if $0.count < Self.limit { $0.append(text) } }
    }
}
