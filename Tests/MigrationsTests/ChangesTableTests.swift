import Migrations
import Postgres
import PostgresTestSupport
import Testing
import Triggers

/// The table of changes grows and shrinks all day, beside writers who wait for nobody.
@Suite(.database(.migrated), .timeLimit(.minutes(5)))
struct ChangesTableTests {
    private func column(_ sql: String) async throws -> [String?] {
        let rows = try await Database.current.open().query(sql)
        return (0..<rows.count).map { rows.string($0, 0) }
    }

    @Test func `it costs no WAL, and its vacuum takes no lock that writers wait for`() async throws {
        let kind = try await column(
            "SELECT relpersistence::text FROM pg_class WHERE oid = 'scene_sync.changes'::regclass")
        let options = try await column(
            "SELECT unnest(reloptions) AS option FROM pg_class WHERE oid = 'scene_sync.changes'::regclass")

        #expect(kind == ["u"])
        #expect(options.contains("vacuum_truncate=off"))
    }

    @Test func `nothing in it makes one writer wait for another`() async throws {
        let unique = try await column(
            "SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = 'scene_sync.changes'::regclass AND indisunique"
        )
        let constraints = try await column(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'scene_sync.changes'::regclass AND contype <> 'n'")
        let triggers = try await column(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'scene_sync.changes'::regclass")

        #expect(unique == [] && constraints == [] && triggers == [])
    }

    @Test func `a reading finds what is new by index, however large the table`() async throws {
        try await Database.current.open().query(
            """
            INSERT INTO scene_sync.changes (xid, operation, project, touched)
            SELECT (CASE WHEN n > 99990 THEN '600' ELSE '500' END)::xid8, 'project_update', gen_random_uuid(), 1
            FROM generate_series(1, 100000) AS n
            """)
        let reader = try await Database.current.open()

        // What a transaction has done is told within it alone.
        try await reader.query("BEGIN")
        let read = try await reader.query("SELECT FROM scene_sync.read_changes('600:600:', '', true)")

        let scans = try await reader.query(
            "SELECT seq_scan, idx_scan FROM pg_stat_xact_user_tables WHERE relid = 'scene_sync.changes'::regclass")
        try await reader.query("COMMIT")

        #expect(read.count == 1 + 10)
        #expect(scans.int64(0, 0) == 0)
        #expect(scans.int64(0, 1) ?? 0 > 0)
    }
}
