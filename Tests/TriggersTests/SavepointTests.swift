import Postgres
import PostgresTestSupport
import Testing

/// How a change is announced is decided with it, and taken back with it: change, row and lock are of one subtransaction.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct SavepointTests {
    private let insert = "INSERT INTO @images VALUES (@A, 3, 0, 'x')"
    private let delete = "DELETE FROM generated_images WHERE image_url = 'three'"

    @Test func `a silence that was rolled back to a savepoint keeps no daemon waiting`() async throws {
        let feed = try await Feed(by: nil)
        try await feed.write("BEGIN")
        try await feed.write("SAVEPOINT before")
        try await feed.write(insert)

        let before = try await feed.gate.tryTaking(.presence)
        try await feed.write("ROLLBACK TO before")
        let after = try await feed.gate.tryTaking(.presence)
        try await feed.write(delete)
        try await feed.write("COMMIT")

        #expect(!before && after)
        #expect(try await feed.heard().map(\.summary) == ["delete A 1 row: gone 2/0, lost 2"])
    }

    @Test func `a row that was rolled back to a savepoint is not read, and what follows decides anew`() async throws {
        let feed = try await Feed(by: .table)
        try await feed.write("BEGIN")
        try await feed.write("SAVEPOINT before")
        try await feed.write(insert)

        let before = try await feed.gate.tryTaking(.quiet)
        try await feed.write("ROLLBACK TO before")
        let after = try await feed.gate.tryTaking(.quiet)
        try await feed.write(delete)
        try await feed.write("COMMIT")

        #expect(!before && after)
        let heard = try await feed.heardByBothWays()
        #expect(heard.table.isEmpty)
        #expect(heard.notification.map(\.summary) == ["delete A 1 row: gone 2/0, lost 2"])
        #expect(try await feed.memories() == ["A 2"])
    }

    @Test(arguments: [DoorbellLock.presence, .quiet])
    func `a savepoint that was released keeps its decision until the end`(_ lock: DoorbellLock) async throws {
        let feed = try await Feed(by: lock == .presence ? nil : .table)
        try await feed.write("BEGIN")
        try await feed.write("SAVEPOINT outer_one")
        try await feed.write("SAVEPOINT inner_one")
        try await feed.write(insert)
        try await feed.write("RELEASE inner_one")
        try await feed.write("RELEASE outer_one")

        let during = try await feed.gate.tryTaking(lock)
        try await feed.write("COMMIT")

        #expect(!during)
        #expect(try await feed.gate.tryTaking(lock))
        #expect(try await feed.heard().count == (lock == .presence ? 0 : 1))
    }

    @Test(arguments: [DoorbellLock.presence, .quiet])
    func `what was decided before a savepoint stays when that is rolled back`(_ lock: DoorbellLock) async throws {
        let feed = try await Feed(by: lock == .presence ? nil : .table)
        try await feed.write("BEGIN")
        try await feed.write(insert)
        try await feed.write("SAVEPOINT later")
        try await feed.write(delete)
        try await feed.write("ROLLBACK TO later")

        let during = try await feed.gate.tryTaking(lock)
        try await feed.write("COMMIT")

        #expect(!during)
        #expect(try await feed.heard().map(\.summary) == (lock == .presence ? [] : ["insert A 1 row: 3/0=x"]))
        #expect(try await feed.memories() == [])
    }

    @Test(arguments: Feed.Way.orNone)
    func `a block whose exception was caught leaves nothing behind`(_ way: Feed.Way?) async throws {
        let feed = try await Feed(by: way)
        try await feed.write("BEGIN")

        try await feed.write(
            """
            DO $$
            BEGIN
                DELETE FROM generated_images;
                TRUNCATE content_creation_requests CASCADE;
                RAISE EXCEPTION 'never mind';
            EXCEPTION WHEN raise_exception THEN
                NULL;
            END $$
            """)

        let locks = try await feed.owner.query(
            "SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = \(feed.writer.backendPID)")
        #expect(locks.count == 0)
        try await feed.write("COMMIT")
        #expect(try await feed.heard().isEmpty)
        #expect(try await feed.memories().isEmpty)
    }
}
