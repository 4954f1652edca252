import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct TransactionTests {
    private let insert = "INSERT INTO @images VALUES (@A, 3, 0, 'x')"
    private let delete = "DELETE FROM generated_images WHERE scene_index = 3"

    @Test func `what is rolled back is neither announced nor remembered`() async throws {
        let feed = try await Feed()
        try await feed.write("BEGIN")
        try await feed.write(insert)
        try await feed.write("DELETE FROM content_creation_requests")
        try await feed.write("ROLLBACK")

        try await feed.write("BEGIN")
        try await feed.write("TRUNCATE generated_images")
        try await feed.write("ROLLBACK")

        #expect(try await feed.heard().isEmpty)
        #expect(try await feed.memories().isEmpty)
    }

    @Test func `what a savepoint takes back is neither announced nor remembered`() async throws {
        let feed = try await Feed()
        try await feed.write("BEGIN")
        try await feed.write(insert)
        try await feed.write("SAVEPOINT before")
        try await feed.write("DELETE FROM generated_images")
        try await feed.write("ROLLBACK TO before")
        try await feed.write("SAVEPOINT before")
        try await feed.write("DELETE FROM generated_images WHERE image_url = 'four'")
        try await feed.write("RELEASE before")
        try await feed.write("COMMIT")

        let heard = try await feed.heard().map(\.summary)

        #expect(heard == ["insert A 1 row: 3/0=x", "delete B 1 row: gone 1/0, lost 1"])
        #expect(try await feed.memories() == ["B 1"])
    }

    @Test func `nothing is heard before the commit`() async throws {
        let feed = try await Feed()
        try await feed.write("BEGIN")
        try await feed.write(insert)

        let early = try await feed.heard()
        try await feed.write("COMMIT")
        let late = try await feed.heard()

        #expect(early.isEmpty)
        #expect(late.map(\.summary) == ["insert A 1 row: 3/0=x"])
    }

    @Test func `the same row inserted, deleted and inserted again ends as inserted`() async throws {
        let feed = try await Feed()
        try await feed.write("BEGIN")
        for statement in [insert, delete, insert, delete, insert] {
            try await feed.write(statement)
        }
        try await feed.write("COMMIT")

        let heard = try await feed.heard()

        let (inserted, deleted) = ("insert A 1 row: 3/0=x", "delete A 1 row: gone 3/0, lost 3")
        #expect(heard.map(\.summary) == [inserted, deleted, inserted, deleted, inserted])
        #expect(Set(heard.map(\.n)).count == 5)
        #expect(heard.max { $0.n < $1.n }?.summary == inserted)
    }

    @Test func `equal statements are announced one by one`() async throws {
        let feed = try await Feed()
        try await feed.write("BEGIN")
        for _ in 0..<3 {
            try await feed.write("UPDATE generated_images SET image_url = image_url")
            try await feed.write("TRUNCATE generated_images")
            try await feed.write("TRUNCATE content_creation_requests CASCADE")
        }
        try await feed.write("COMMIT")

        #expect(try await feed.heard().count == 2 + 3 * (1 + 2))
    }

    @Test func `what the app defers to its commit is announced`() async throws {
        let feed = try await Feed()
        try await feed.owner.run(
            script: """
                CREATE FUNCTION cover() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO generated_images (content_creation_request_id, scene_index, image_url)
                    VALUES (NEW.id, 0, 'cover');
                    RETURN NULL;
                END $$;
                CREATE CONSTRAINT TRIGGER cover AFTER INSERT ON content_creation_requests
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cover();
                """)

        try await feed.write("INSERT INTO content_creation_requests (id) VALUES (@D)")

        let heard = try await feed.heard().map(\.summary)
        #expect(heard == ["project_insert D 1 row: reload", "insert D 1 row: 0/0=cover"])
    }

    @Test func `an image may come before its project where the app defers the key`() async throws {
        let feed = try await Feed()
        try await feed.owner.run(
            script: """
                ALTER TABLE generated_images ALTER CONSTRAINT generated_images_content_creation_request_id_fkey
                DEFERRABLE INITIALLY DEFERRED
                """)
        try await feed.write("BEGIN")
        try await feed.write("INSERT INTO @images VALUES (@D, 1, 0, 'x'), (@D, 1, 1, 'y')")
        try await feed.write("INSERT INTO content_creation_requests (id) VALUES (@D)")
        try await feed.write("DELETE FROM generated_images WHERE image_url = 'y'")
        try await feed.write("COMMIT")

        let heard = try await feed.heard().map(\.summary)

        #expect(
            heard == [
                "insert D 2 rows: 1/0=x 1/1=y", "project_insert D 1 row: reload", "delete D 1 row: gone 1/1, lost 1",
            ])
    }

    @Test func `a transaction that announced cannot be prepared, as after any NOTIFY, and others can`() async throws {
        let server = try await Server.start(settings: ["max_prepared_transactions": "5"])
        try await Database.with(.installed, on: server) { database in
            let writer = try await database.open(as: .writer)
            try await writer.query("BEGIN")
            try await writer.query(insert.withNames)
            let refusal = await #expect(throws: PostgresError.self) {
                try await writer.query("PREPARE TRANSACTION 'x'")
            }
            try await writer.query("BEGIN")
            try await writer.query("UPDATE content_creation_requests SET status = 'done'")

            try await writer.query("PREPARE TRANSACTION 'y'")

            try await writer.query("COMMIT PREPARED 'y'")
            #expect(refusal?.sqlstate == "0A000")
            let rows = try await writer.query("SELECT FROM content_creation_requests WHERE status = 'done'")
            #expect(rows.count == 3)
        }
    }
}
