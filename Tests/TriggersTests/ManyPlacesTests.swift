import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct ManyPlacesTests {
    private let insertScenes = """
        INSERT INTO @images SELECT @C, 10000 + scene, 0, repeat('x', 100) FROM generate_series(1, $1::integer) AS scene
        """

    @Test func `the names of scenes are given while they fit`() async throws {
        let feed = try await Feed()
        try await feed.owner.query("SELECT setval('scene_sync.change_number', 100000)")
        try await feed.write(insertScenes, ["500"])
        let sample = try #require(try await feed.heard().first)
        // A scene more is six bytes more; rows have gained a digit.
        let fitting = 500 + (7999 - 1 - sample.text.utf8.count) / 6

        for count in fitting - 3...fitting + 3 {
            try await feed.write("DELETE FROM generated_images WHERE content_creation_request_id = @C")
            _ = try await feed.heard()

            try await feed.write(insertScenes, ["\(count)"])

            let heard = try await feed.heard()
            #expect(heard.count == 1)
            #expect(heard.first?.rows == count)
            if count <= fitting {
                #expect(heard.first?.scenes?.sorted() == Array(10001...10000 + count))
            } else {
                #expect(heard.first?.reload == true)
                #expect(heard.first?.scenes == nil)
            }
        }
    }

    @Test(arguments: [3999, 4000, 4001, 10000])
    func `thousands of scenes are a reload`(_ count: Int) async throws {
        let feed = try await Feed()

        try await feed.write(
            "INSERT INTO @images SELECT @C, scene, 0, 'x' FROM generate_series(1, $1::integer) AS scene", ["\(count)"])
        try await feed.write("UPDATE generated_images SET image_url = 'y' WHERE content_creation_request_id = @C")
        try await feed.write(
            "UPDATE generated_images SET scene_index = -scene_index WHERE content_creation_request_id = @C")
        try await feed.write("DELETE FROM generated_images WHERE content_creation_request_id = @C")

        let heard = try await feed.heard().map(\.summary)
        #expect(heard == ["insert", "update", "update", "delete"].map { "\($0) C \(count) rows: reload" })
        let lost = try await feed.load("C").lost
        #expect(lost.count == 2 * count)
    }

    @Test func `thousands of images of one scene name the scene`() async throws {
        let feed = try await Feed()

        try await feed.write("INSERT INTO @images SELECT @C, 7, place, 'x' FROM generate_series(1, 50000) AS place")
        try await feed.write("UPDATE generated_images SET image_index = -image_index WHERE scene_index = 7")
        try await feed.write("DELETE FROM generated_images WHERE scene_index = 7")

        let heard = try await feed.heard().map(\.summary)
        #expect(
            heard == [
                "insert C 50000 rows: scenes 7", "update C 50000 rows: scenes 7",
                "delete C 50000 rows: scenes 7",
            ])
    }

    @Test func `a few hundred places are named one by one`() async throws {
        let feed = try await Feed()

        try await feed.write("INSERT INTO @images SELECT @C, 7, place, 'x' FROM generate_series(1, 300) AS place")
        try await feed.write("DELETE FROM generated_images WHERE scene_index = 7")

        let heard = try await feed.heard()
        #expect(heard.first?.set?.map(\.place).sorted() == Array(1...300))
        #expect(heard.last?.gone?.map { $0[1] }.sorted() == Array(1...300))
        #expect(heard.last?.lost?.map { $0[0] } == [7])
    }

    @Test func `each project of a large statement fits by itself`() async throws {
        let feed = try await Feed()

        try await feed.write(
            """
            INSERT INTO @images
            SELECT * FROM (SELECT @C, scene, 0, 'x' FROM generate_series(1, 5000) AS scene) AS many
            UNION ALL SELECT @A, 3, 0, 'y'
            UNION ALL SELECT @B, 3, 0, repeat('z', 9000)
            """)

        let heard = try await feed.heard().map(\.summary).sorted()
        #expect(heard == ["insert A 1 row: 3/0=y", "insert B 1 row: scenes 3", "insert C 5000 rows: reload"])
    }

    @Test func `a URL of five megabytes is saved and its scene named`() async throws {
        let feed = try await Feed()
        let url = "data:image/png;base64," + String(repeating: "iVBORw0KGgo=", count: 5_000_000 / 12)

        try await feed.write("INSERT INTO @images VALUES (@C, 7, 0, $1), (@C, 8, 0, 'x')", [url])
        try await feed.write("INSERT INTO @images VALUES (@C, 9, 0, $1)", [url])
        try await feed.write("UPDATE generated_images SET image_url = image_url || '=' WHERE scene_index = 7")
        try await feed.write("UPDATE generated_images SET image_index = 5 WHERE scene_index = 7")
        try await feed.write("DELETE FROM generated_images WHERE scene_index = 7")

        let heard = try await feed.heard().map(\.summary)
        #expect(
            heard == [
                "insert C 2 rows: scenes 7 8", "insert C 1 row: scenes 9", "update C 1 row: scenes 7",
                "update C 1 row: scenes 7", "delete C 1 row: gone 7/5, lost 7",
            ])
    }
}
