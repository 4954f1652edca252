import Postgres
import PostgresTestSupport
import Testing

/// What is known by its fingerprint is not read again, and nothing else has its fingerprint.
@Suite(.database(.installed), .timeLimit(.minutes(1)))
struct CompareTests {
    /// A row of `scene_sync.compare`.
    private struct Comparison: Equatable {
        let fingerprint: String
        let isKnown: Bool
        let load: Load?
    }

    private func compare(_ session: Session, _ project: String, known: String? = nil) async throws -> Comparison {
        let rows = try await session.query(
            """
            SELECT fingerprint, is_known, present, document, images, lost
            FROM scene_sync.compare(ARRAY[$1::uuid], ARRAY[$2])
            """, [Names.id(project), known])
        try #require(rows.count == 1)
        let isKnown = rows.bool(0, 1) == true
        #expect((rows.bool(0, 2) == nil) == isKnown)
        #expect(isKnown ? (2...5).allSatisfy { rows.string(0, $0) == nil } : rows.string(0, 4) != nil)
        return Comparison(
            fingerprint: try #require(rows.string(0, 0)), isKnown: isKnown,
            load: isKnown ? nil : try await Load.all(session, [project]).first)
    }

    @Test(arguments: ["A", "B", "C", "D"])
    func `what has not been touched is known, and the daemon may ask`(project: String) async throws {
        let feed = try await Feed()

        let first = try await compare(feed.daemon, project)
        try await feed.write("INSERT INTO @images VALUES (@\(project == "B" ? "A" : "B"), 9, 9, 'of another')")
        let second = try await compare(feed.daemon, project, known: first.fingerprint)

        #expect(!first.isKnown)
        #expect(second == Comparison(fingerprint: first.fingerprint, isKnown: true, load: nil))
    }

    @Test func `it reads what a load reads`() async throws {
        let feed = try await Feed()
        try await feed.write("DELETE FROM generated_images WHERE content_creation_request_id = @A AND scene_index = 2")

        for project in ["A", "B", "C", "D"] {
            let rows = try await feed.daemon.query(
                """
                SELECT
                    (compared.present, compared.document, compared.images, compared.lost)
                    IS NOT DISTINCT FROM (loaded.present, loaded.document, loaded.images, loaded.lost)
                FROM scene_sync.compare(ARRAY[$1::uuid], ARRAY['x']) AS compared
                CROSS JOIN scene_sync.load(ARRAY[$1::uuid]) AS loaded
                """, [Names.id(project)])
            #expect(rows.bool(0, 0) == true, "\(project)")
        }
    }

    @Test(arguments: [
        "INSERT INTO @images VALUES (@A, 5, 5, 'x')",
        "UPDATE generated_images SET image_url = image_url || '!' WHERE content_creation_request_id = @A AND image_index = 1",
        "DELETE FROM generated_images WHERE content_creation_request_id = @A AND image_index = 1",
        "UPDATE generated_images SET scene_index = 7 WHERE content_creation_request_id = @A AND image_index = 1",
        "UPDATE generated_images SET content_creation_request_id = @B WHERE content_creation_request_id = @A AND scene_index = 2",
        "UPDATE content_creation_requests SET generated_output = '{}' WHERE id = @A",
        "DELETE FROM content_creation_requests WHERE id = @A",
        "TRUNCATE generated_images",
        "INSERT INTO scene_sync.deletions (project, scene, xid, n) VALUES (@A, 1, pg_current_xact_id(), 1)",
        "ALTER TABLE generated_images ALTER image_url TYPE text USING image_url || '!'",
    ])
    func `what is written without a trigger gives another fingerprint`(statement: String) async throws {
        let feed = try await Feed()
        let superuser = try await Database.current.open(as: .superuser)
        try await superuser.query("SET session_replication_role = replica")
        let before = try await compare(feed.daemon, "A")

        try await superuser.query(statement.withNames)

        let after = try await compare(feed.daemon, "A", known: before.fingerprint)
        #expect(!after.isKnown)
        #expect(after.fingerprint != before.fingerprint)
        #expect(after.load != before.load)
    }

    @Test func `an open transaction is not seen`() async throws {
        let feed = try await Feed()
        let before = try await compare(feed.daemon, "A")
        try await feed.write("BEGIN")
        try await feed.write("INSERT INTO @images VALUES (@A, 5, 5, 'x')")

        let during = try await compare(feed.daemon, "A", known: before.fingerprint)
        try await feed.write("COMMIT")
        let after = try await compare(feed.daemon, "A", known: before.fingerprint)

        #expect(during.isKnown)
        #expect(!after.isKnown)
    }

    @Test func `a writer may not compare`() async throws {
        let feed = try await Feed()

        let error = await #expect(throws: PostgresError.self) { try await compare(feed.writer, "A") }

        #expect(error?.sqlstate == "42501")
    }
}
