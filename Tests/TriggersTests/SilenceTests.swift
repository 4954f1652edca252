import Postgres
import PostgresTestSupport
import Testing

/// With nobody to hear of it nothing is announced, and whoever comes waits until that is over.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct SilenceTests {
    private let insert = "INSERT INTO @images VALUES (@A, 3, 0, 'x')"

    @Test(arguments: ImageStatements.all + ProjectStatements.all)
    func `a statement that nobody hears is remembered all the same`(_ statement: Statement) async throws {
        let feed = try await Feed(by: nil)

        try await feed.write(statement.sql)

        #expect(try await feed.heard().isEmpty)
        #expect(try await Set(feed.memories()) == Set(statement.remembers))
    }

    @Test(arguments: Statement.ofEachKind, ["COMMIT", "ROLLBACK"])
    func `a daemon that comes waits until a silent transaction is over`(
        _ statement: Statement, _ end: String
    ) async throws {
        let feed = try await Feed(by: nil)
        try await feed.write("BEGIN")
        try await feed.write(statement.sql)

        let during = try await feed.gate.tryTaking(.presence)
        try await feed.write(end)

        #expect(!during)
        #expect(try await feed.gate.tryTaking(.presence))
        #expect(try await feed.heard().isEmpty)
    }

    @Test(arguments: Statement.ofEachKind)
    func `while a daemon waits for one that is silent, others announce`(_ statement: Statement) async throws {
        let feed = try await Feed(by: nil)
        let other = try await feed.anotherWriter()
        try await feed.write("BEGIN")
        try await feed.write("UPDATE content_creation_requests SET generated_output = '[]' WHERE id = @C")
        async let granted: Void = feed.gate.take(.presence)
        try await feed.owner.query(waitUntilBlocked(feed.gate))

        try await other.query("INSERT INTO @images VALUES (@B, 3, 0, 'heard')".withNames)
        try await feed.write("INSERT INTO @images VALUES (@A, 4, 0, 'silent')")
        let heard = try await feed.heard().map(\.summary)
        try await feed.write("COMMIT")
        try await granted
        try await feed.write(statement.sql)

        #expect(heard == ["insert B 1 row: 3/0=heard"])
        #expect(try await !feed.heard().isEmpty)
    }

    @Test func `a transaction may announce first and then find nobody`() async throws {
        let feed = try await Feed(by: .table)
        try await feed.write("BEGIN")
        try await feed.write(insert)
        try await feed.leave()

        let early = try await feed.gate.tryTaking(.presence)
        try await feed.gate.leave(.presence)
        try await feed.write("INSERT INTO @images VALUES (@A, 4, 0, 'silent')")
        let late = try await feed.gate.tryTaking(.presence)
        try await feed.write("COMMIT")

        #expect(early && !late)
        #expect(try await feed.heard().map(\.summary) == ["insert A 1 row: 3/0=x"])
    }

    @Test func `who waits behind another daemon misses nothing when that one goes`() async throws {
        let feed = try await Feed(by: .table)
        let next = try await feed.anotherDaemon()
        async let granted: Void = next.take(.presence)
        try await feed.owner.query(waitUntilBlocked(next))
        try await feed.write("BEGIN")
        try await feed.write(insert)

        try await feed.leave()
        try await granted
        try await feed.write("DELETE FROM generated_images WHERE image_url = 'three'")
        try await feed.write("COMMIT")

        let heard = try await feed.heard().map(\.summary)
        #expect(heard == ["insert A 1 row: 3/0=x", "delete A 1 row: gone 2/0, lost 2"])
    }

    @Test(arguments: [
        "UPDATE content_creation_requests SET status = 'done'",
        "UPDATE content_creation_requests SET generated_output = generated_output WHERE id = @A",
        "SELECT FROM generated_images FOR UPDATE",
    ])
    func `what changes nothing of ours keeps nobody waiting`(_ sql: String) async throws {
        let feed = try await Feed(by: nil)
        try await feed.write("BEGIN")

        try await feed.write(sql)

        #expect(try await feed.gate.tryTaking(.presence))
        #expect(try await feed.gate.tryTaking(.quiet))
    }
}
