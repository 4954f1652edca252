import Postgres
import PostgresTestSupport
import Testing

/// Whoever could read the table would see the images of others; whoever could write it would forge changes.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct ChangesRightsTests {
    /// Each with the right on our schema that none of them has, so that it is not this that stops them.
    private func outsiders(_ feed: Feed) async throws -> [Session] {
        try await feed.owner.query("GRANT USAGE ON SCHEMA scene_sync TO PUBLIC")
        return [feed.writer, try await Database.current.openAsStranger()]
    }

    private func isRefused(_ sql: String, to session: Session) async throws -> Bool {
        do {
            try await session.query(sql)
            return false
        } catch let error as PostgresError where error.sqlstate == "42501" {
            return true
        }
    }

    @Test(arguments: [
        "SELECT FROM scene_sync.changes", "SELECT xid FROM scene_sync.changes", "SELECT ctid FROM scene_sync.changes",
        "TABLE scene_sync.changes", "COPY scene_sync.changes TO STDOUT",
        "INSERT INTO scene_sync.changes (operation, touched) VALUES ('truncate', 0)",
        "INSERT INTO scene_sync.changes DEFAULT VALUES", "UPDATE scene_sync.changes SET scene = NULL",
        "DELETE FROM scene_sync.changes", "TRUNCATE scene_sync.changes",
        "DO 'BEGIN LOCK TABLE scene_sync.changes; END'", "DROP TABLE scene_sync.changes",
        "CREATE INDEX ON scene_sync.changes (n)", "ALTER TABLE scene_sync.changes ADD mine integer",
        "GRANT SELECT ON scene_sync.changes TO PUBLIC",
    ])
    func `nobody but the owner reads or writes the table of changes`(_ sql: String) async throws {
        let feed = try await Feed(by: .table)
        try await feed.write("INSERT INTO @images VALUES (@A, 3, 0, 'x')")

        for session in try await outsiders(feed) + [feed.daemon] {
            #expect(try await isRefused(sql, to: session), "\(sql)")
        }

        #expect(try await feed.heard().map(\.summary) == ["insert A 1 row: 3/0=x"])
    }

    @Test(arguments: [
        "read_changes(NULL, 'x', true)", "read_changes('1:1:', 'x', true)", "prune_changes(NULL, '9999999:9999999:')",
        "announce_project('truncate', NULL)",
        "notify('truncate', NULL, 0, NULL, NULL, NULL)",
    ])
    func `nobody but owner and daemon calls what reads and writes changes`(_ call: String) async throws {
        let feed = try await Feed(by: .table)
        try await feed.write("INSERT INTO @images VALUES (@A, 3, 0, 'x')")

        for session in try await outsiders(feed) {
            #expect(try await isRefused("SELECT scene_sync.\(call)".withNames, to: session), "\(call)")
        }

        #expect(try await feed.heard().map(\.summary) == ["insert A 1 row: 3/0=x"])
    }

    @Test func `a writer that may do nothing but insert an image is announced by the table`() async throws {
        let feed = try await Feed(by: .table)
        try await feed.owner.run(
            script: """
                REVOKE ALL ON content_creation_requests, generated_images FROM app_writer;
                GRANT INSERT ON generated_images TO app_writer;
                """)

        try await feed.write("INSERT INTO @images VALUES (@A, 3, 0, 'x')")

        #expect(try await feed.heard().map(\.summary) == ["insert A 1 row: 3/0=x"])
    }
}
