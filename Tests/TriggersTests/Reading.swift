import Postgres
import Testing

/// What `scene_sync.read_changes` gives.
struct Reading: Sendable {
    let snapshot: String
    /// In the order of their numbers.
    let payloads: [Payload]

    init(_ session: Session, since previous: String?, fence: String = "a fence") async throws {
        let rows = try await session.query(
            "SELECT snapshot, payload FROM scene_sync.read_changes($1::pg_snapshot, $2, true)", [previous, fence])
        let snapshots = (0..<rows.count).compactMap { rows.string($0, 0) }
        let changes = (0..<rows.count).compactMap { rows.bytes($0, 1) }
        #expect(snapshots.count == 1 && changes.count == rows.count - 1)
        snapshot = try #require(snapshots.first)
        payloads = try changes.map(Payload.init).sorted { $0.n < $1.n }
    }
}
