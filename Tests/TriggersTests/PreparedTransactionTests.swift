import Postgres
import PostgresTestSupport
import Testing

/// PostgreSQL prepares no transaction that has notified; all others it does.
@Suite(.timeLimit(.minutes(5)))
struct PreparedTransactionTests {
    private let work = [
        "INSERT INTO @images VALUES (@A, 3, 0, 'x')", "DELETE FROM generated_images WHERE image_url = 'three'",
        "UPDATE content_creation_requests SET generated_output = '[]' WHERE id = @C",
    ]

    private func withFeed(by way: Feed.Way?, _ body: (Feed) async throws -> Void) async throws {
        let server = try await Server.start(settings: ["max_prepared_transactions": "5"])
        try await Database.with(.installed, on: server) { database in
            try await body(Feed(by: way) { try await database.open(as: $0) })
        }
    }

    private func prepare(_ feed: Feed) async throws {
        try await feed.write("BEGIN")
        for statement in work { try await feed.write(statement) }
        try await feed.write("PREPARE TRANSACTION 'x'")
    }

    @Test(arguments: ["COMMIT", "ROLLBACK"])
    func `with nobody listening it is prepared, and keeps daemons out until its end`(_ end: String) async throws {
        try await withFeed(by: nil) { feed in
            try await prepare(feed)

            let during = try await feed.gate.tryTaking(.presence)
            try await feed.anotherWriter().query("\(end) PREPARED 'x'")

            #expect(!during)
            #expect(try await feed.gate.tryTaking(.presence))
            #expect(try await feed.heard().isEmpty)
            #expect(try await feed.memories() == (end == "COMMIT" ? ["A 2"] : []))
        }
    }

    @Test(arguments: ["COMMIT", "ROLLBACK"])
    func `by the table it is prepared, and read after its commit`(_ end: String) async throws {
        try await withFeed(by: .table) { feed in
            try await feed.write("INSERT INTO @images VALUES (@B, 3, 0, 'before')")
            try await prepare(feed)
            try await feed.write("INSERT INTO @images VALUES (@B, 4, 0, 'beside')")

            let during = try await feed.heard().map(\.summary)
            let isQuiet = try await feed.gate.tryTaking(.quiet)
            try await feed.anotherWriter().query("\(end) PREPARED 'x'")
            let after = try await feed.heard().map(\.summary)

            #expect(during == ["insert B 1 row: 3/0=before", "insert B 1 row: 4/0=beside"])
            #expect(!isQuiet)
            #expect(try await feed.gate.tryTaking(.quiet))
            let whole = [
                "insert A 1 row: 3/0=x", "delete A 1 row: gone 2/0, lost 2", "project_update C 1 row: reload",
            ]
            #expect(after == (end == "COMMIT" ? whole : []))
            #expect(try await feed.heardByBothWays().table.isEmpty)
            #expect(try await feed.memories() == (end == "COMMIT" ? ["A 2"] : []))
        }
    }

    @Test func `by notification it is refused, as after any NOTIFY, and nothing of it stays`() async throws {
        try await withFeed(by: .notification) { feed in
            let refusal = await #expect(throws: PostgresError.self) { try await prepare(feed) }

            let heard = try await feed.heard()
            #expect(refusal?.sqlstate == "0A000")
            #expect(heard.isEmpty)
            #expect(try await feed.memories().isEmpty)
            #expect(try await feed.load("A").images.contains("three"))
        }
    }

    @Test func `what changes nothing of ours is prepared by notification too`() async throws {
        try await withFeed(by: .notification) { feed in
            try await feed.write("BEGIN")
            try await feed.write("UPDATE content_creation_requests SET status = 'done'")

            try await feed.write("PREPARE TRANSACTION 'y'")

            try await feed.write("COMMIT PREPARED 'y'")
            #expect(try await feed.write("SELECT FROM content_creation_requests WHERE status = 'done'").count == 3)
        }
    }
}
