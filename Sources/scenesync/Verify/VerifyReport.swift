import ProjectSync
import Synchronization

/// The lines of the checklist, printed as they are done.
final class VerifyReport: Sendable {
    enum Outcome: Sendable {
        case passed
        case failed(String)
        case notTested(String)
    }

    private struct Line: Sendable {
        let name: String
        let outcome: Outcome
        let took: Duration
    }

    private let isJSON: Bool
    private let lines = Mutex<[Line]>([])

    init(isJSON: Bool) {
        self.isJSON = isJSON
    }

    var isGood: Bool {
        lines.withLock { lines in
            lines.allSatisfy { if case .failed = $0.outcome { false } else { true } }
        }
    }

    /// Runs a check; whether it passed. Cancellation is no outcome.
    @discardableResult
    func run(_ name: String, _ check: () async throws -> Void) async throws -> Bool {
        let begin = ContinuousClock.now
        var outcome = Outcome.passed
        do {
            try await check()
        } catch let error as NotTested {
            outcome = .notTested(error.reason)
        } catch {
            try Task.checkCancellation()
            outcome = .failed("\(error)")
        }
        let line = Line(name: name, outcome: outcome, took: ContinuousClock.now - begin)
        lines.withLock { $0.append(line) }
        if !isJSON { Console.print(Self.text(line)) }
        if case .passed = outcome { return true }
        return false
    }

    func end(isComplete: Bool) {
        let lines = lines.withLock { $0 }
        guard isJSON else {
            let failed = lines.count { if case .failed = $0.outcome { true } else { false } }
            let skipped = lines.count { if case .notTested = $0.outcome { true } else { false } }
            let passed = "\(lines.count - failed - skipped) checks passed"
            let rest = (failed > 0 ? ", \(failed) failed" : "") + (skipped > 0 ? ", \(skipped) skipped" : "")
            return Console.print(passed + rest + (isComplete ? "" : ", then it was stopped"))
        }
        Console.print(
            "{\"ok\": \(isGood && isComplete), \"checks\": [\(lines.map(Self.json).joined(separator: ", "))]}")
    }

    private static func text(_ line: Line) -> String {
        let time = "\(Int(line.took / .milliseconds(1))) ms"
        let padding = String(repeating: " ", count: max(0, 9 - time.count))
        return switch line.outcome {
        case .passed: "ok      \(padding)\(time)  \(line.name)"
        case .failed(let reason): "FAILED  \(padding)\(time)  \(line.name): \(reason)"
        case .notTested(let reason): "skipped \(padding)\(time)  \(line.name): \(reason)"
        }
    }

    private static func json(_ line: Line) -> String {
        let (status, detail): (String, String?) =
            switch line.outcome {
            case .passed: ("ok", nil)
            case .failed(let reason): ("failed", reason)
            case .notTested(let reason): ("skipped", reason)
            }
        return """
            {"name": \(JSONText.string(line.name)), "status": "\(status)", \
            "milliseconds": \(Double(Int(line.took / .microseconds(1))) / 1000), \
            "detail": \(detail.map { JSONText.string($0) } ?? "null")}
            """
    }
}
