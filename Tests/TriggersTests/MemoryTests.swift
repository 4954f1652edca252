import Postgres
import PostgresTestSupport
import Testing

/// Rule M4: a scene that an image has left never shows its stored imageUrls again.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct MemoryTests {
    @Test(arguments: Feed.Way.orNone)
    func `a memory stays when a new image comes`(_ way: Feed.Way?) async throws {
        let feed = try await Feed(by: way)
        try await feed.write("DELETE FROM generated_images WHERE scene_index = 1")

        try await feed.write("INSERT INTO @images VALUES (@A, 1, 0, 'new')")

        #expect(try await feed.load("A").lost.keys.sorted() == [1])
        #expect(try await feed.load("B").lost.keys.sorted() == [1])
    }

    @Test(arguments: Feed.Way.allCases)
    func `the newest deletion is the generation, for who loads and for who hears`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        try await feed.write("DELETE FROM generated_images WHERE scene_index = 1")
        try await feed.write("INSERT INTO @images VALUES (@A, 1, 0, 'new')")
        let older = try await feed.load("A").lost
        try await feed.write("DELETE FROM generated_images WHERE image_url IN ('new', 'three')")

        let told = try await feed.heard().last?.lost ?? []

        let newest = try await feed.load("A").lost
        #expect(Dictionary(uniqueKeysWithValues: told.map { (Int($0[0]), $0[1]) }) == newest)
        #expect(newest[1] == newest[2])
        #expect(older[1] ?? .max < newest[1] ?? 0)
    }

    @Test(arguments: Feed.Way.allCases)
    func `an update tells what its scene lost before, and an insert does not`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        try await feed.write("DELETE FROM generated_images WHERE image_url = 'one'")
        _ = try await feed.heard()

        try await feed.write("UPDATE generated_images SET image_url = 'new' WHERE content_creation_request_id = @A")
        try await feed.write("INSERT INTO @images VALUES (@A, 1, 0, 'back')")

        let heard = try await feed.heard().map(\.summary)
        #expect(heard == ["update A 2 rows: 1/1=new 2/0=new, lost 1", "insert A 1 row: 1/0=back"])
    }

    @Test(
        arguments: [
            "DELETE FROM content_creation_requests WHERE id = @A",
            "DELETE FROM content_creation_requests",
            "TRUNCATE content_creation_requests CASCADE",
            "TRUNCATE content_creation_requests, generated_images",
        ], Feed.Way.orNone)
    func `a project that comes again under its id remembers nothing`(_ end: String, _ way: Feed.Way?) async throws {
        let feed = try await Feed(by: way)
        try await feed.write("DELETE FROM generated_images WHERE scene_index = 1")
        try await feed.write(end)
        try await feed.write("INSERT INTO content_creation_requests (id) VALUES (@A)")
        #expect(try await feed.load("A").lost == [:])

        try await feed.write("INSERT INTO @images VALUES (@A, 1, 0, 'new'), (@A, 2, 0, 'new')")
        try await feed.write("DELETE FROM generated_images WHERE scene_index = 2")

        #expect(try await feed.load("A").lost.keys.sorted() == [2])
    }

    @Test(arguments: Feed.Way.orNone)
    func `a project that comes again in one transaction remembers nothing`(_ way: Feed.Way?) async throws {
        let feed = try await Feed(by: way)
        try await feed.write("BEGIN")
        try await feed.write("DELETE FROM generated_images WHERE scene_index = 1")
        try await feed.write("DELETE FROM content_creation_requests WHERE id = @A")
        try await feed.write("INSERT INTO content_creation_requests (id) VALUES (@A)")
        try await feed.write("COMMIT")

        #expect(try await feed.load("A").lost == [:])
        #expect(try await feed.load("B").lost.keys.sorted() == [1])
    }

    @Test(arguments: Feed.Way.orNone)
    func `a serializable writer's project takes its memories with it, renamed or deleted`(_ way: Feed.Way?) async throws
    {
        let feed = try await Feed(by: way)
        try await feed.owner.run(
            script: """
                ALTER TABLE generated_images
                DROP CONSTRAINT generated_images_content_creation_request_id_fkey,
                ADD FOREIGN KEY (content_creation_request_id) REFERENCES content_creation_requests
                ON UPDATE CASCADE ON DELETE CASCADE
                """)
        try await feed.write("SET default_transaction_isolation = 'serializable'")

        try await feed.write("UPDATE content_creation_requests SET id = @D WHERE id = @A")
        try await feed.write("DELETE FROM content_creation_requests WHERE id = @B")

        #expect(try await feed.memories() == ["A ended", "B ended"])
    }

    @Test(arguments: Feed.Way.orNone)
    func `a project that takes another's id remembers nothing of it`(_ way: Feed.Way?) async throws {
        let feed = try await Feed(by: way)
        try await feed.write("DELETE FROM generated_images WHERE content_creation_request_id = @A")
        try await feed.write("UPDATE content_creation_requests SET id = @D WHERE id = @A")

        try await feed.write("UPDATE content_creation_requests SET id = @A WHERE id = @C")

        #expect(try await feed.load("A").lost == [:])
        #expect(try await feed.load("D").lost == [:])
    }

    @Test(arguments: Feed.Way.allCases)
    func `images that follow their project to a new id keep nothing of the old one`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        try await feed.owner.run(
            script: """
                ALTER TABLE generated_images
                DROP CONSTRAINT generated_images_content_creation_request_id_fkey,
                ADD FOREIGN KEY (content_creation_request_id) REFERENCES content_creation_requests ON UPDATE CASCADE
                """)
        try await feed.write("DELETE FROM generated_images WHERE image_url = 'two'")
        _ = try await feed.heard()

        try await feed.write("UPDATE content_creation_requests SET id = @D WHERE id = @A")

        let heard = try await feed.heard().map(\.summary).sorted()
        #expect(
            heard == [
                "project_delete A 1 row: reload", "project_insert D 1 row: reload",
                "update A 0 rows: gone 1/0 2/0", "update D 2 rows: 1/0=one 2/0=three",
            ])
        #expect(try await feed.load("A").lost == [:])
        #expect(try await feed.load("D").lost == [:])
    }
}
