import Postgres
import ProjectSync

/// Reads the table of changes, each time what the reading before could not see yet.
struct ChangeTable {
    struct Reading: Sendable {
        let snapshot: TransactionSnapshot
        let snapshotText: String
        let changes: [Change]
        /// Rows that could not be read.
        let rejected: Int
    }

    let session: Session

    /// `sign` is notified, as it is, by the same statement.
    func read(since snapshot: String?, sign: String, deadline: Duration) async throws -> Reading {
        do {
            return try Self.reading(try await ask(snapshot, sign, lookingUp: true, deadline))
        } catch PostgresError.server(let error) where error.sqlstate == "55P03" {
            // The app keeps its table locked, for a migration perhaps.
            return try Self.reading(try await ask(snapshot, sign, lookingUp: false, deadline))
        }
    }

    private func ask(_ snapshot: String?, _ sign: String, lookingUp: Bool, _ deadline: Duration) async throws
        -> Rows
    {
        try await session.queryPrepared(
            "SELECT snapshot, payload FROM scene_sync.read_changes($1::pg_snapshot, $2, $3)",
            [snapshot, sign, String(lookingUp)], deadline: deadline)
    }

    private static func reading(_ rows: Rows) throws -> Reading {
        let now = ContinuousClock.now
        var changes: [Change] = []
        var rejected = 0
        var text: String?
        for row in 0..<rows.count {
            guard let payload = rows.bytes(row, 1) else {
                text = rows.string(row, 0)
                continue
            }
            if case .change(var change) = try? ChangeDecoder.decode(payload) {
                change.arrival = Change.Arrival(.table, at: now)
                changes.append(change)
            } else {
                rejected += 1
            }
        }
        guard let text, let snapshot = TransactionSnapshot(text) else {
            throw FeedError.notMigrated("scene_sync.read_changes answers in a form of another version")
        }
        return Reading(snapshot: snapshot, snapshotText: text, changes: changes, rejected: rejected)
    }
}
