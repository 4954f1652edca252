import ChangeFeed
import Postgres

/// Writers that prepare their transactions, which PostgreSQL refuses after a NOTIFY.
struct PreparedWriters: Check {
    let subject = "prepared transactions"
    /// How long one may wait for its end.
    var patience_seconds: Int64 = 60

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask(
            """
            SELECT
                current_setting('max_prepared_transactions'),
                count(prepared.gid),
                extract(epoch FROM clock_timestamp() - min(prepared.prepared))::bigint
            FROM (VALUES (1)) AS one (row)
            LEFT JOIN pg_prepared_xacts AS prepared ON prepared.database = current_database()
            """)
        var findings: [Finding] = []
        if let age = rows.int64(0, 2), age >= patience_seconds {
            findings.append(
                .warning(
                    "\(Int(rows.int64(0, 1) ?? 0).of("transaction")) prepared and not ended, the oldest for "
                        + "\(Duration.seconds(age).brief): their locks are held",
                    cure: "COMMIT PREPARED or ROLLBACK PREPARED them (see pg_prepared_xacts)"))
        }
        let limit = rows.string(0, 0) ?? "0"
        if limit != "0", deployment.doorbell != .table {
            findings.append(
                .warning(
                    "max_prepared_transactions is \(limit), and PREPARE TRANSACTION fails in a transaction that has "
                        + "notified (--doorbell is \(deployment.doorbell.rawValue))",
                    cure: "if writers of the app's tables prepare: serve --doorbell table; tell doctor the same"))
        }
        return findings.isEmpty ? [.ok(limit == "0" ? "switched off" : "writers may prepare")] : findings
    }
}
