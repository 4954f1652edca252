import Postgres
import PostgresTestSupport
import Testing

/// The app's triggers may write while ours are at work; of all payloads the one with the highest number must be right.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct AppTriggerTests {
    /// A trigger of the app's named `name`: ours fire between `a` and `z`.
    private func create(_ name: String, _ when: String, _ body: String, _ feed: Feed) async throws {
        try await feed.owner.run(
            script: """
                CREATE FUNCTION \(name)() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN \(body); RETURN NEW; END $$;
                CREATE TRIGGER \(name) \(when) ON generated_images FOR EACH ROW EXECUTE FUNCTION \(name)();
                """)
    }

    @Test(
        arguments: [
            "INSERT INTO @images VALUES (@A, 3, 0, 'x')", "INSERT INTO @images VALUES (@A, 3, 0, 'x'), (@A, 4, 0, 'y')",
        ], Feed.Way.allCases)
    func `an image that the app changes before it is saved is announced as saved`(
        _ insert: String, _ way: Feed.Way
    ) async throws {
        let feed = try await Feed(by: way)
        try await create("early", "BEFORE INSERT", "NEW.image_url := upper(NEW.image_url)", feed)

        try await feed.write(insert)

        let heard = try await feed.heard()
        #expect(heard.count == 1)
        #expect(heard[0].set?.first { $0.scene == 3 }?.url == "X")
    }

    @Test(
        arguments: [
            "INSERT INTO @images VALUES (@A, 3, 0, 'x')", "INSERT INTO @images VALUES (@A, 3, 0, 'x'), (@A, 4, 0, 'y')",
        ], Feed.Way.allCases)
    func `an image that the app changes again is announced as it became`(
        _ insert: String, _ way: Feed.Way
    ) async throws {
        let feed = try await Feed(by: way)
        try await create(
            "later", "AFTER INSERT", "UPDATE generated_images SET image_url = 'changed' WHERE id = NEW.id", feed)

        try await feed.write(insert)

        let heard = try await feed.heard()
        #expect(heard.contains { $0.op == "update" })
        #expect(heard.last?.op == "insert")
        #expect(heard.last?.set?.first { $0.scene == 3 }?.url == "changed")
    }

    @Test(arguments: ["image_url = 'x'", "image_url = 'x', image_index = 7"], Feed.Way.allCases)
    func `an image that the app takes away again is announced as gone`(
        _ change: String, _ way: Feed.Way
    ) async throws {
        let feed = try await Feed(by: way)
        try await create("later", "AFTER UPDATE", "DELETE FROM generated_images WHERE id = NEW.id", feed)

        try await feed.write("UPDATE generated_images SET \(change) WHERE image_url = 'three'")

        let last = try await feed.heard().last
        #expect(last?.op == "update")
        #expect(last?.set == [])
        #expect(last?.gone?.contains([2, change.contains("7") ? 7 : 0]) == true)
        #expect(try await feed.memories() == ["A 2"])
    }

    @Test(arguments: Feed.Way.allCases)
    func `an image that the app puts back is announced as there`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        try await create(
            "later", "AFTER DELETE",
            """
            INSERT INTO generated_images (content_creation_request_id, scene_index, image_url)
            VALUES (OLD.content_creation_request_id, OLD.scene_index, 'blank')
            """, feed)

        try await feed.write("DELETE FROM generated_images WHERE image_url = 'three'")

        let last = try await feed.heard().last
        #expect(last?.summary == "delete A 1 row: 2/0=blank, lost 2")
    }
}
