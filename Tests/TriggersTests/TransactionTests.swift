import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct TransactionTests {
    private let insert = "INSERT INTO @images VALUES (@A, 3, 0, 'x')"
    private let delete = "DELETE FROM generated_images WHERE scene_index = 3"

    @Test(arguments: Feed.Way.allCases)
    func `what is rolled back is neither announced nor remembered`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
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

    @Test(arguments: Feed.Way.allCases)
    func `what a savepoint takes back is neither announced nor remembered`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
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

    @Test(arguments: Feed.Way.allCases)
    func `nothing is heard before the commit`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        try await feed.write("BEGIN")
        try await feed.write(insert)

        let early = try await feed.heard()
        try await feed.write("COMMIT")
        let late = try await feed.heard()

        #expect(early.isEmpty)
        #expect(late.map(\.summary) == ["insert A 1 row: 3/0=x"])
    }

    @Test(arguments: Feed.Way.allCases)
    func `the same row inserted, deleted and inserted again ends as inserted`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        try await feed.write("BEGIN")
        for statement in [insert, delete, insert, delete, insert] {
            try await feed.write(statement)
        }
        try await feed.write("COMMIT")

        let heard = try await feed.heard()

        let (inserted, deleted) = ("insert A 1 row: 3/0=x", "delete A 1 row: gone 3/0, lost 3")
        // The table is read when all is over, and tells what each operation did to the project.
        let told =
            way == .notification
            ? [inserted, deleted, inserted, deleted, inserted]
            : ["delete A 2 rows: 3/0=x, lost 3", "insert A 3 rows: 3/0=x"]
        #expect(heard.map(\.summary) == told)
        #expect(Set(heard.map(\.n)).count == heard.count)
        #expect(heard.max { $0.n < $1.n }?.summary == told.last)
    }

    @Test(arguments: Feed.Way.allCases)
    func `equal statements are announced one by one, or read once`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        try await feed.write("BEGIN")
        for _ in 0..<3 {
            try await feed.write("UPDATE generated_images SET image_url = image_url")
            try await feed.write("TRUNCATE generated_images")
            try await feed.write("TRUNCATE content_creation_requests CASCADE")
        }
        try await feed.write("COMMIT")

        #expect(try await feed.heard().count == (way == .table ? 4 : 2 + 3 * (1 + 2)))
    }

    @Test(arguments: Feed.Way.allCases)
    func `what the app defers to its commit is announced`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
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

    @Test(arguments: Feed.Way.allCases)
    func `an image may come before its project where the app defers the key`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
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

        let inserted = way == .notification ? "1/0=x 1/1=y" : "1/0=x, gone 1/1"
        #expect(
            heard == [
                "insert D 2 rows: \(inserted)", "project_insert D 1 row: reload", "delete D 1 row: gone 1/1, lost 1",
            ])
    }
}
