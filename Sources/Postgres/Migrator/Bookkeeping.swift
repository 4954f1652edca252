/// The table that remembers which scripts were applied.
struct Bookkeeping: Sendable {
    let schema: String
    let table: String

    /// `name` as in `scene_sync.applied`.
    init(_ name: String) {
        let parts = name.split(separator: ".", maxSplits: 1)
        precondition(parts.count == 2, "the bookkeeping table has a schema of its own")
        schema = String(parts[0])
        table = String(parts[1])
    }

    /// Name to checksum and time; empty where there is no table yet.
    func entries(_ session: Session) async throws -> [String: (checksum: String, appliedAt: String)] {
        guard try await exists(session) else { return [:] }
        let rows = try await session.query(
            "SELECT name, checksum, to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM \(quoted)"
        )
        var entries: [String: (String, String)] = [:]
        for row in 0..<rows.count {
            entries[rows.string(row, 0) ?? ""] = (rows.string(row, 1) ?? "", rows.string(row, 2) ?? "")
        }
        return entries
    }

    func record(_ script: Script, _ session: Session) async throws {
        try await session.query(
            """
            INSERT INTO \(quoted) (name, checksum, applied_at)
            VALUES ($1, $2, clock_timestamp())
            ON CONFLICT (name) DO UPDATE
            SET checksum = EXCLUDED.checksum, applied_at = EXCLUDED.applied_at
            """, [script.name, script.checksum])
    }

    /// CREATE SCHEMA wants a right on the database even where the schema exists: hence the questions first.
    func create(_ session: Session) async throws {
        if try await session.query("SELECT FROM pg_namespace WHERE nspname = $1", [schema]).count == 0 {
            try await session.query("CREATE SCHEMA \(quote(schema))")
            try await session.query("REVOKE ALL ON SCHEMA \(quote(schema)) FROM PUBLIC")
        }
        if try await !exists(session) {
            try await session.query(
                "CREATE TABLE \(quoted) (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL)"
            )
            try await session.query("REVOKE ALL ON \(quoted) FROM PUBLIC")
        }
    }

    /// One migrator at a time; bound to the transaction, and to its `lock_timeout`.
    func lock(_ session: Session) async throws {
        try await session.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", ["\(schema).\(table)"])
    }

    private func exists(_ session: Session) async throws -> Bool {
        try await session.query("SELECT to_regclass($1) IS NOT NULL", [quoted]).bool(0, 0) == true
    }

    private var quoted: String {
        "\(quote(schema)).\(quote(table))"
    }

    private func quote(_ identifier: String) -> String {
        "\"" + identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
