/// Something that befalls the daemon, its database or the way between them, and passes.
struct Fault: Sendable {
    let name: String
    /// How long it lasts; of what only happens, how long is waited before the convergence is asked for.
    var span: Duration = .zero
    /// How long after healing all may take to be what the database has.
    var grace: Duration = .seconds(5)
    /// Whether streams and answers have to be marked stale within 3 s.
    var isNoticed = false
    /// Whether the audit may, and must, find what was never announced.
    var isUnannounced = false
    let begin: @Sendable (ChaosStage) async throws -> Void
    var heal: @Sendable (ChaosStage) async throws -> Void = { _ in }
    /// Why it cannot be had on this machine.
    var obstacle: @Sendable (ChaosStage) -> String? = { _ in nil }
}
