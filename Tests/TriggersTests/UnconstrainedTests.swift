import Postgres
import PostgresTestSupport
import Testing

/// An older app's table, where anything may be NULL and a place may hold several images.
@Suite(.database(.unconstrained), .timeLimit(.minutes(5)))
struct UnconstrainedTests {
    private static let complete = """
        ALTER TABLE generated_images
            ALTER content_creation_request_id SET NOT NULL, ALTER scene_index SET NOT NULL,
            ALTER image_index SET NOT NULL, ALTER image_url SET NOT NULL;
        """

    private static let key =
        "CREATE UNIQUE INDEX ON generated_images (scene_index, content_creation_request_id, image_index);"

    private func keyed(_ feed: Feed) async throws -> Bool? {
        try await feed.owner.query("SELECT keyed FROM scene_sync.settings").bool(0, 0)
    }

    @Test(arguments: Feed.Way.allCases)
    func `places are not named where they may hold several images`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)

        try await feed.write("INSERT INTO @images VALUES (@A, 3, 0, 'x')")
        try await feed.write("INSERT INTO @images VALUES (@A, 3, 0, 'y'), (@A, 4, NULL, 'z')")
        try await feed.write("UPDATE generated_images SET image_url = 'new' WHERE image_url = 'x'")
        try await feed.write("UPDATE generated_images SET scene_index = 5 WHERE scene_index = 4")
        try await feed.write("DELETE FROM generated_images WHERE image_url = 'y'")

        let heard = try await feed.heard().map(\.summary)
        #expect(try await keyed(feed) == false)
        #expect(
            heard
                == [
                    "insert A 1 row: scenes 3", "insert A 2 rows: scenes 3 4", "update A 1 row: scenes 3",
                    "update A 1 row: scenes 4 5", "delete A 1 row: scenes 3",
                ].map(way.said))
        #expect(try await feed.memories() == ["A 3", "A 4"])
    }

    @Test(arguments: Feed.Way.allCases)
    func `rows without a project, scene or URL fail nobody`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        let work = [
            (
                """
                INSERT INTO @images VALUES
                    (NULL, 3, 0, 'w'), (@A, NULL, 0, 'x'), (@A, 3, 0, NULL), (@A, NULL, NULL, NULL), (@A, 3, NULL, 'y')
                """, ["insert A 4 rows: scenes 3"]
            ),
            ("INSERT INTO @images VALUES (NULL, NULL, NULL, NULL)", []),
            ("INSERT INTO @images VALUES (@A, NULL, NULL, 'x')", ["insert A 1 row: reload"]),
            (
                "UPDATE generated_images SET image_url = coalesce(image_url, 'z') || '!'",
                ["update A 8 rows: scenes 1 2 3", "update B 1 row: scenes 1"]
            ),
            (
                "UPDATE generated_images SET scene_index = NULL WHERE content_creation_request_id = @B",
                ["update B 1 row: scenes 1"]
            ),
            (
                "UPDATE generated_images SET content_creation_request_id = NULL WHERE image_url = 'three!'",
                ["update A 0 rows: scenes 2"]
            ),
            (
                "UPDATE generated_images SET content_creation_request_id = @C WHERE image_url = 'w!'",
                ["update C 1 row: scenes 3"]
            ),
            (
                "DELETE FROM generated_images WHERE scene_index IS NULL",
                ["delete A 3 rows: reload", "delete B 1 row: reload"]
            ),
            ("TRUNCATE generated_images", ["truncate * 0 rows: reload"]),
        ]

        for (sql, announces) in work {
            try await feed.write(sql)

            let heard = try await feed.heard().map(\.summary).sorted()
            #expect(heard == announces.map(way.said), "\(sql)")
        }

        #expect(try await feed.memories() == ["A 1", "A 2", "A 3", "B 1", "C 3"])
    }

    @Test func `a load leaves out what has no scene or no URL, and puts what has no place first`() async throws {
        let feed = try await Feed()

        try await feed.write(
            """
            INSERT INTO generated_images (id, content_creation_request_id, scene_index, image_index, image_url) VALUES
                (@D, @C, 1, 0, 'd'), (@B, @C, 1, NULL, 'b'), (@A, @C, 1, 0, 'a'), (@C, @C, 1, -1, 'c')
            """)
        try await feed.write("INSERT INTO @images VALUES (@C, NULL, 0, 'x'), (@C, 1, 0, NULL), (NULL, 1, 0, 'y')")

        #expect(try await feed.load("C").images == #"[[1,-1,"c"],[1,0,"a"],[1,0,"b"],[1,0,"d"]]"#)
    }

    @Test(arguments: Feed.Way.allCases)
    func `a table that gets its key later is followed by places from then on`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        try await feed.owner.run(script: "\(Self.complete) \(Self.key) SELECT scene_sync.examine()")

        try await feed.write("INSERT INTO @images VALUES (@A, 3, 0, 'x')")

        #expect(try await keyed(feed) == true)
        #expect(try await feed.heard().map(\.summary) == ["insert A 1 row: 3/0=x"])
    }

    @Test(arguments: [
        "CREATE UNIQUE INDEX ON generated_images (content_creation_request_id, scene_index)",
        """
        CREATE UNIQUE INDEX ON generated_images (content_creation_request_id, scene_index, image_index)
        WHERE image_index > 0
        """,
        "CREATE UNIQUE INDEX ON generated_images (content_creation_request_id, scene_index, coalesce(image_index, 0))",
        "CREATE INDEX ON generated_images (content_creation_request_id, scene_index, image_index)",
        "CREATE UNIQUE INDEX ON generated_images (content_creation_request_id, scene_index, image_index, image_url)",
    ])
    func `a key that is less than one image a place does not count`(_ key: String) async throws {
        let feed = try await Feed()
        try await feed.owner.query("DELETE FROM generated_images WHERE image_url = 'two'")

        try await feed.owner.run(script: "\(Self.complete) \(key); SELECT scene_sync.examine()")

        #expect(try await keyed(feed) == false)
    }

    @Test(arguments: ["content_creation_request_id", "scene_index", "image_index", "image_url"])
    func `a key does not count where something may be missing`(_ column: String) async throws {
        let feed = try await Feed()

        try await feed.owner.run(
            script: """
                \(Self.complete) \(Self.key)
                ALTER TABLE generated_images ALTER \(column) DROP NOT NULL;
                SELECT scene_sync.examine();
                """)

        #expect(try await keyed(feed) == false)
    }
}
