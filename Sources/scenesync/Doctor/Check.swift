/// One thing that can be wrong with a deployment. It changes nothing, and says at least one sentence.
protocol Check: Sendable {
    /// What is looked at, as it stands before its findings.
    var subject: String { get }

    func examine(_ deployment: Deployment) async throws -> [Finding]
}
