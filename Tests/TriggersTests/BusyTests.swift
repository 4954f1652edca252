import Postgres
import PostgresTestSupport
import Testing

/// A change goes to the table unless a daemon wants notifications; whoever wants them waits until that is over.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct BusyTests {
    private let insert = "INSERT INTO @images VALUES (@A, 3, 0, 'x')"

    @Test(arguments: Statement.ofEachKind, ["COMMIT", "ROLLBACK"])
    func `a daemon gets no quiet until a busy transaction is over`(_ statement: Statement, _ end: String) async throws {
        let feed = try await Feed(by: .table)
        try await feed.write("BEGIN")
        try await feed.write(statement.sql)

        let during = try await feed.gate.tryTaking(.quiet)
        try await feed.write(end)

        #expect(!during)
        #expect(try await feed.gate.tryTaking(.quiet))
        #expect(try await feed.heard().isEmpty == (end == "ROLLBACK"))
    }

    @Test(arguments: Statement.ofEachKind, ["COMMIT", "ROLLBACK"])
    func `a transaction that notifies keeps a daemon from nothing`(
        _ statement: Statement, _ end: String
    ) async throws {
        let feed = try await Feed(by: .notification)
        try await feed.write("BEGIN")
        try await feed.write(statement.sql)

        try await feed.leave()

        #expect(try await feed.gate.tryTaking(.presence))
        #expect(try await feed.gate.tryTaking(.quiet))
        try await feed.write(end)
        #expect(try await feed.heard().isEmpty == (end == "ROLLBACK"))
    }

    @Test func `while a daemon waits for one that is busy, others notify`() async throws {
        let feed = try await Feed(by: .table)
        let other = try await feed.anotherWriter()
        try await feed.write("BEGIN")
        try await feed.write(insert)
        async let granted: Void = feed.gate.take(.quiet)
        try await feed.owner.query(waitUntilBlocked(feed.gate))

        try await other.query("INSERT INTO @images VALUES (@B, 3, 0, 'other')".withNames)
        try await feed.write("DELETE FROM generated_images WHERE image_url = 'three'")
        let early = try await feed.heardByBothWays()
        try await feed.write("COMMIT")
        try await granted
        let late = try await feed.heardByBothWays()

        #expect(early.notification.map(\.summary) == ["insert B 1 row: 3/0=other"])
        #expect(early.table.isEmpty && late.notification.isEmpty)
        #expect(late.table.map(\.summary) == ["insert A 1 row: 3/0=x", "delete A 1 row: gone 2/0, lost 2"])
    }

    @Test func `once a daemon has quiet, all that comes by the table has come`() async throws {
        let feed = try await Feed(by: .table)
        try await feed.write(insert)

        try await feed.gate.take(.quiet)
        try await feed.write("DELETE FROM generated_images WHERE image_url = 'three'")

        let heard = try await feed.heardByBothWays()
        #expect(heard.table.map(\.summary) == ["insert A 1 row: 3/0=x"])
        #expect(heard.notification.map(\.summary) == ["delete A 1 row: gone 2/0, lost 2"])
    }

    @Test func `statements of one transaction may go different ways, with growing numbers`() async throws {
        let feed = try await Feed(by: .notification)
        try await feed.write("BEGIN")
        try await feed.write(insert)
        try await feed.gate.leave(.quiet)

        try await feed.write("DELETE FROM generated_images WHERE image_url = 'three'")
        try await feed.write("COMMIT")

        let heard = try await feed.heardByBothWays()
        #expect(heard.notification.map(\.summary) == ["insert A 1 row: 3/0=x"])
        #expect(heard.table.map(\.summary) == ["delete A 1 row: gone 2/0, lost 2"])
        #expect(heard.notification.map(\.xid) == heard.table.map(\.xid))
        #expect(heard.notification.first?.n ?? .max < heard.table.first?.n ?? 0)
    }

    @Test func `a statement goes one way for all its projects`() async throws {
        let feed = try await Feed(by: .table)

        try await feed.write("UPDATE generated_images SET image_url = 'new'")
        try await feed.gate.take(.quiet)
        try await feed.write("UPDATE generated_images SET image_url = 'newer'")

        let heard = try await feed.heardByBothWays()
        #expect(heard.table.count == 2 && heard.notification.count == 2)
    }
}
