import Postgres

/// The prepared transactions of the database, by the names that their writers gave them.
enum PreparedTransactions {
    static func all(on session: Session, deadline: Duration) async throws -> Set<String> {
        let rows = try await session.queryPrepared(
            "SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = current_database()", deadline: deadline)
        return Set((0..<rows.count).compactMap { rows.string($0, 0) })
    }
}
