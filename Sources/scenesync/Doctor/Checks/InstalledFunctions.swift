import Postgres
import Triggers

/// Our functions are there, word for word, and run as whom and with what they should.
struct InstalledFunctions: Check {
    private static let cure = "run scenesync migrate, as the owner: it makes what is not as it should be anew"

    let subject = "functions"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let functions = Triggers.all.compactMap {
            FunctionDefinition(Installation.placed($0, in: deployment.schema))
        }
        var missing: [String] = []
        var different: [String] = []
        for function in functions {
            switch try await function.state(in: deployment.session) {
            case .asMade: break
            case .missing: missing.append(function.fullName)
            case .different: different.append(function.fullName)
            }
        }
        var findings: [Finding] = []
        if !missing.isEmpty {
            findings.append(.problem("missing: \(missing.joined(separator: ", "))", cure: Self.cure))
        }
        if !different.isEmpty {
            findings.append(
                .problem("not as this release makes them: \(different.joined(separator: ", "))", cure: Self.cure))
        }
        return findings.isEmpty ? [.ok("all \(functions.count) are as this release makes them")] : findings
    }
}
