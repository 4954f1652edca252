import ChangeFeed
import Postgres

/// LISTEN works by this connection string: a notification that one session sends comes back to another. A pooler in
/// transaction mode accepts LISTEN and delivers nothing, and only a round trip shows it.
struct NotificationRoundTrip: Check {
    private static let patience = Duration.seconds(3)

    let subject = "notifications"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let channel = "scene_sync_doctor_\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let listener = try await deployment.open()
        let sender = try await deployment.open()
        let begin = ContinuousClock.now
        try await listener.query("LISTEN \(channel)")
        try await sender.query("SELECT pg_notify($1, 'doctor')", [channel])
        let hasCome = await listener.hears(channel, within: Self.patience)
        let took = ContinuousClock.now - begin
        let isPooled = try await listener.query("SELECT pg_backend_pid()").int64(0, 0) != Int64(listener.backendPID)
        // A pooled connection goes on to others.
        try await listener.query("UNLISTEN \(channel)")
        await listener.close()
        await sender.close()
        guard hasCome else {
            return [
                .problem(
                    "a notification did not come back within \(Self.patience.brief): "
                        + (isPooled ? "a pooler in transaction mode swallows LISTEN" : "something swallows LISTEN"),
                    cure: FeedError.poolerCure)
            ]
        }
        let way = isPooled ? ", through a pooler in session mode" : ""
        return [.ok("a notification came back in \(took.milliseconds) ms\(way)")]
    }

    /// What it means if the daemon's kind of connection is refused for its settings; nil for any other reason.
    static func refusal(_ why: String) -> Finding? {
        guard why.contains("unsupported startup parameter") else { return nil }
        return .problem("a pooler does not let the daemon's sessions in (\(why))", cure: FeedError.poolerCure)
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
