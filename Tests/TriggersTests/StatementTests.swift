import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct StatementTests {
    @Test(arguments: ImageStatements.all + ProjectStatements.all)
    func `a statement is announced and remembered`(_ statement: Statement) async throws {
        for way in Feed.Way.allCases {
            let feed = try await Feed(by: way)
            for security in RowSecurity.whole {
                try await feed.startAgain(security)

                try await feed.write(statement.sql)

                let heard = try await feed.heard().map(\.summary).sorted()
                let memories = try await feed.memories()
                #expect(heard == statement.announces, "row security \(security), by \(way)")
                #expect(Set(memories) == Set(statement.remembers), "row security \(security), by \(way)")
            }
        }
    }

    @Test(arguments: Feed.Way.allCases)
    func `a copy is announced like an insert`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        let raw = try RawConnection(Database.current.connectionString(as: .writer))

        try raw.copy(
            "COPY @images FROM STDIN".withNames,
            "\(Names.id("A"))\t3\t0\tx\n\(Names.id("B"))\t3\t0\ty\n\(Names.id("A"))\t4\t0\tz\n")

        let heard = try await feed.heard().map(\.summary).sorted()
        #expect(heard == ["insert A 2 rows: 3/0=x 4/0=z", "insert B 1 row: 3/0=y"])
    }

    @Test(arguments: RowSecurity.whole, Feed.Way.allCases)
    func `a merge is announced as what it did`(_ security: RowSecurity, _ way: Feed.Way) async throws {
        let feed = try await Feed(security, by: way)
        guard feed.writer.serverVersion >= 150_000 else { return }

        try await feed.write(
            """
            MERGE INTO generated_images AS image
            USING (VALUES ('one', 1), ('two', 2), ('new', 3)) AS wish (url, scene) ON image.image_url = wish.url
            WHEN MATCHED AND wish.url = 'one' THEN DELETE
            WHEN MATCHED THEN UPDATE SET image_url = 'changed'
            WHEN NOT MATCHED THEN
                INSERT (content_creation_request_id, scene_index, image_url) VALUES (@B, wish.scene, wish.url)
            """)

        let heard = try await feed.heard().map(\.summary).sorted()
        #expect(
            heard == [
                "delete A 1 row: gone 1/0, lost 1", "insert B 1 row: 3/0=new", "update A 1 row: 1/1=changed, lost 1",
            ])
    }

    @Test(arguments: Feed.Way.allCases)
    func `a writer that may only insert is announced too`(_ way: Feed.Way) async throws {
        let feed = try await Feed(.insertOnly, by: way)

        try await feed.write("INSERT INTO @images VALUES (@A, 3, 0, 'x')")
        try await feed.write("INSERT INTO @images VALUES (@A, 4, 0, 'y'), (@A, 5, 0, 'z')")

        let heard = try await feed.heard().map(\.summary)
        #expect(heard == ["insert A 1 row: 3/0=x", "insert A 2 rows: 4/0=y 5/0=z"])
    }

    @Test func `a number that is written otherwise is a change`() async throws {
        let feed = try await Feed()
        try await feed.write(#"UPDATE content_creation_requests SET generated_output = '{"x": 1.1}' WHERE id = @C"#)

        try await feed.write(#"UPDATE content_creation_requests SET generated_output = '{"x": 1.10}' WHERE id = @C"#)

        let heard = try await feed.heard().map(\.summary)
        #expect(heard == ["project_update C 1 row: reload", "project_update C 1 row: reload"])
    }
}
