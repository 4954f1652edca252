import Postgres
import PostgresTestSupport
import Testing

/// A reading gives what the reading before could not see: decided by visibility, as commits come in any order.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct ReadingTests {
    private func save(_ scene: Int, by writer: Session) async throws {
        try await writer.query("INSERT INTO @images VALUES (@A, \(scene), 0, 'x')".withNames)
    }

    /// A reading has one payload for all that a transaction inserted.
    private func scenes(_ feed: Feed) async throws -> [Int] {
        try await feed.heard().flatMap { ($0.set ?? []).map(\.scene).sorted() }
    }

    @Test func `without one before, a reading tells only where reading begins`() async throws {
        let feed = try await Feed(by: .table)
        try await save(3, by: feed.writer)

        let first = try await Reading(feed.daemon, since: nil)
        try await save(4, by: feed.writer)
        let second = try await Reading(feed.daemon, since: first.snapshot)

        #expect(first.payloads.isEmpty)
        #expect(second.payloads.map(\.summary) == ["insert A 1 row: 4/0=x"])
    }

    @Test func `what was under way at a reading comes with the one after its commit, once`() async throws {
        let feed = try await Feed(by: .table)
        try await feed.write("BEGIN")
        try await save(3, by: feed.writer)
        // One that is over makes the other one that is not.
        try await save(5, by: feed.anotherWriter())

        let during = try await scenes(feed)
        try await save(4, by: feed.writer)
        try await feed.write("COMMIT")
        let after = try await scenes(feed)

        #expect(during == [5])
        #expect(after == [3, 4])
        #expect(try await scenes(feed) == [])
    }

    @Test func `what began after a reading and is still under way comes later`() async throws {
        let feed = try await Feed(by: .table)
        _ = try await scenes(feed)
        try await feed.write("BEGIN")
        try await save(3, by: feed.writer)
        try await save(4, by: feed.anotherWriter())

        let first = try await scenes(feed)
        let second = try await scenes(feed)
        try await feed.write("COMMIT")

        #expect(first == [4])
        #expect(second == [])
        #expect(try await scenes(feed) == [3])
    }

    @Test func `what a dump brought from a cluster of more transactions is not read`() async throws {
        let feed = try await Feed(by: .table)
        try await save(3, by: feed.writer)
        try await feed.owner.query("UPDATE scene_sync.changes SET xid = '9000000000'")
        try await save(4, by: feed.writer)

        #expect(try await scenes(feed) == [4])
    }

    @Test func `commits out of the order of their numbers are each read once`() async throws {
        let feed = try await Feed(by: .table)
        let writers = [try await feed.anotherWriter(), try await feed.anotherWriter(), try await feed.anotherWriter()]
        for (number, writer) in writers.enumerated() {
            try await writer.query("BEGIN")
            try await save(3 + number, by: writer)
        }
        var read: [[Int]] = []

        for number in [1, 2, 0] {
            try await writers[number].query("COMMIT")
            read.append(try await scenes(feed))
        }

        #expect(read == [[4], [5], [3]])
        #expect(try await scenes(feed) == [])
    }

    @Test func `a subtransaction is read with its transaction, even if that began before the last reading`()
        async throws
    {
        let feed = try await Feed(by: .table)
        try await feed.write("BEGIN")
        try await save(3, by: feed.writer)
        let before = try await scenes(feed)
        try await save(4, by: feed.anotherWriter())
        try await feed.write("SAVEPOINT inner_one")
        try await save(5, by: feed.writer)
        try await feed.write("RELEASE inner_one")

        let during = try await scenes(feed)
        try await feed.write("COMMIT")
        let heard = try await scenes(feed)

        #expect(before == [] && during == [4])
        #expect(heard == [3, 5])
        #expect(try await scenes(feed) == [])
    }

    @Test func `what was rolled back is never read`() async throws {
        let feed = try await Feed(by: .table)
        try await feed.write("BEGIN")
        try await save(3, by: feed.writer)
        try await save(4, by: feed.anotherWriter())

        let during = try await scenes(feed)
        try await feed.write("ROLLBACK")

        #expect(during == [4])
        #expect(try await scenes(feed) == [])
    }

    @Test func `a place is told as the reading sees it, not as it was or will be`() async throws {
        let feed = try await Feed(by: .table)
        let other = try await feed.anotherWriter()
        try await save(3, by: feed.writer)
        try await feed.write("UPDATE generated_images SET image_url = 'y' WHERE scene_index = 3")
        try await other.query("BEGIN")
        try await other.query("UPDATE generated_images SET image_url = 'z' WHERE scene_index = 3")

        let during = try await feed.heard().map(\.summary)
        try await other.query("COMMIT")
        let after = try await feed.heard().map(\.summary)

        #expect(during == ["insert A 1 row: 3/0=y", "update A 1 row: 3/0=y"])
        #expect(after == ["update A 1 row: 3/0=z"])
    }

    @Test func `an owner from whom rows are hidden makes a reading fail instead of telling that images are gone`()
        async throws
    {
        let feed = try await Feed(by: .table)
        try await save(3, by: feed.writer)
        try await feed.owner.run(
            script: """
                ALTER TABLE generated_images ENABLE ROW LEVEL SECURITY;
                ALTER TABLE generated_images FORCE ROW LEVEL SECURITY;
                """)

        let error = await #expect(throws: PostgresError.self) { try await feed.heard() }

        #expect(error?.sqlstate == "42501")
    }

    @Test func `two daemons read each for itself`() async throws {
        let feed = try await Feed(by: .table)
        let other = try await feed.anotherDaemon()
        let start = try await Reading(other, since: nil)
        try await save(3, by: feed.writer)

        let heard = try await scenes(feed)
        let read = try await Reading(other, since: start.snapshot)

        #expect(heard == [3])
        #expect(read.payloads.map { $0.set?.first?.scene } == [3])
    }
}
