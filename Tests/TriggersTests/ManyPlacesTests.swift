import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct ManyPlacesTests {
    @Test func `six hundred scenes are named, and fit with the longest of numbers`() async throws {
        let feed = try await Feed()
        try await feed.owner.query("SELECT setval('scene_sync.change_number', 9223372036854775000)")
        let lowest = Int(Int32.min)

        for count in 599...601 {
            try await feed.write(
                """
                INSERT INTO @images
                SELECT @C, -2147483648 + scene, place, 'x'
                FROM generate_series(0, $1::integer - 1) AS scene, generate_series(1, 2) AS place
                """, ["\(count)"])
            let heard = try await feed.heard()
            try await feed.write("DELETE FROM generated_images WHERE content_creation_request_id = @C")
            _ = try await feed.heard()

            #expect(heard.map(\.rows) == [2 * count])
            #expect(heard.first?.set == nil)
            if count <= 600 {
                #expect(heard.first?.scenes?.sorted() == Array(lowest..<lowest + count))
            } else {
                #expect(heard.first?.reload == true)
                #expect(heard.first?.scenes == nil)
            }
        }
    }

    @Test func `places are named one by one while they are few, those of an update twice`() async throws {
        let feed = try await Feed()
        let most = 400
        for (count, isNamed) in [(most, true), (most + 1, false)] {
            try await feed.write(
                "INSERT INTO @images SELECT @C, 7, place, 'x' FROM generate_series(1, $1::integer) AS place",
                ["\(count)"])
            let inserted = try await feed.heard().first
            try await feed.write("DELETE FROM generated_images WHERE scene_index = 7")
            let deleted = try await feed.heard().first

            #expect(inserted?.set?.map(\.place).sorted() == (isNamed ? Array(1...count) : nil))
            #expect(inserted?.scenes == (isNamed ? nil : [7]))
            #expect(deleted?.gone?.map { $0[1] }.sorted() == (isNamed ? Array(1...count) : nil))
            #expect(deleted?.lost?.map { $0[0] } == (isNamed ? [7] : nil))
            #expect(deleted?.scenes == (isNamed ? nil : [7]))
        }
        for (count, isNamed) in [(most / 2, true), (most / 2 + 1, false)] {
            try await feed.write(
                "INSERT INTO @images SELECT @C, 8, place, 'x' FROM generate_series(1, $1::integer) AS place",
                ["\(count)"])
            _ = try await feed.heard()
            try await feed.write("UPDATE generated_images SET image_url = 'y' WHERE scene_index = 8")
            let updated = try await feed.heard().first
            try await feed.write("DELETE FROM generated_images WHERE scene_index = 8")
            _ = try await feed.heard()

            #expect(updated?.set?.count == (isNamed ? count : nil))
            #expect(updated?.scenes == (isNamed ? nil : [8]))
        }
    }

    @Test func `the table names a thousand places of a statement, those of an update twice`() async throws {
        let feed = try await Feed(by: .table)
        for (count, isNamed) in [(1_000, true), (1_001, false)] {
            try await feed.write(
                "INSERT INTO @images SELECT @C, 7, place, 'x' FROM generate_series(1, $1::integer) AS place",
                ["\(count)"])
            let inserted = try await feed.heard()
            try await feed.write(
                "UPDATE generated_images SET image_url = 'y' WHERE scene_index = 7 AND image_index <= $1::integer",
                ["\((count + 1) / 2)"])
            let updated = try await feed.heard()
            try await feed.write("DELETE FROM generated_images WHERE scene_index = 7")
            let deleted = try await feed.heard()

            #expect(inserted.map(\.rows) == [count])
            #expect(updated.map(\.rows) == [(count + 1) / 2])
            #expect(deleted.map(\.rows) == [count])
            for payload in inserted + updated + deleted { #expect((payload.reload == true) == !isNamed) }
        }
    }

    @Test(arguments: [(801, Feed.Way.notification), (10_000, .notification), (1_001, .table), (10_000, .table)])
    func `many scenes are a reload`(_ count: Int, _ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)

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

    @Test(arguments: Feed.Way.allCases)
    func `thousands of images of one scene name the scene`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)

        try await feed.write("INSERT INTO @images SELECT @C, 7, place, 'x' FROM generate_series(1, 50000) AS place")
        try await feed.write("UPDATE generated_images SET image_index = -image_index WHERE scene_index = 7")
        try await feed.write("DELETE FROM generated_images WHERE scene_index = 7")

        let heard = try await feed.heard().map(\.summary)
        #expect(
            heard
                == [
                    "insert C 50000 rows: scenes 7", "update C 50000 rows: scenes 7",
                    "delete C 50000 rows: scenes 7",
                ].map(way.said))
    }

    @Test(arguments: Feed.Way.allCases)
    func `each project of a large statement fits by itself`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)

        try await feed.write(
            """
            INSERT INTO @images
            SELECT * FROM (SELECT @C, scene, 0, 'x' FROM generate_series(1, 5000) AS scene) AS many
            UNION ALL SELECT @A, 3, 0, 'y'
            UNION ALL SELECT @B, 3, 0, repeat('z', 9000)
            """)

        let heard = try await feed.heard().map(\.summary).sorted()
        let others = way == .table ? ["reload", "reload"] : ["3/0=y", "scenes 3"]
        #expect(
            heard == ["insert A 1 row: \(others[0])", "insert B 1 row: \(others[1])", "insert C 5000 rows: reload"])
    }

    @Test(arguments: Feed.Way.allCases)
    func `a URL of five megabytes is saved and its scene named`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        let url = "data:image/png;base64," + String(repeating: "iVBORw0KGgo=", count: 5_000_000 / 12)
        let work: [(sql: String, parameters: [String?], announces: String)] = [
            ("INSERT INTO @images VALUES (@C, 7, 0, $1), (@C, 8, 0, 'x')", [url], "insert C 2 rows: scenes 7 8"),
            ("INSERT INTO @images VALUES (@C, 9, 0, $1)", [url], "insert C 1 row: scenes 9"),
            (
                "UPDATE generated_images SET image_url = image_url || '=' WHERE scene_index = 7", [],
                "update C 1 row: scenes 7"
            ),
            ("UPDATE generated_images SET image_index = 5 WHERE scene_index = 7", [], "update C 1 row: scenes 7"),
            ("DELETE FROM generated_images WHERE scene_index = 7", [], "delete C 1 row: gone 7/5, lost 7"),
        ]

        for (sql, parameters, announces) in work {
            try await feed.write(sql, parameters)

            #expect(try await feed.heard().map(\.summary) == [way.said(announces)])
        }
    }
}
