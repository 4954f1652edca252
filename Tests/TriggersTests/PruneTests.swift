import Postgres
import PostgresTestSupport
import Testing

/// What every daemon has read is removed: what one snapshot sees, and another did not.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct PruneTests {
    private func save(_ scene: Int, by writer: Session) async throws {
        try await writer.query("INSERT INTO @images VALUES (@A, \(scene), 0, 'x')".withNames)
    }

    private func snapshot(_ feed: Feed) async throws -> String {
        try await Reading(feed.daemon, since: nil).snapshot
    }

    private func prune(_ feed: Feed, from previous: String?, to now: String) async throws -> Int64? {
        let sql = "SELECT scene_sync.prune_changes($1::pg_snapshot, $2::pg_snapshot)"
        return try await feed.gate.query(sql, [previous, now]).int64(0, 0)
    }

    /// The scenes of the changes that are still there.
    private func left(_ feed: Feed) async throws -> [Int64?] {
        let rows = try await feed.owner.query("SELECT scene FROM scene_sync.changes ORDER BY n")
        return (0..<rows.count).map { rows.int64($0, 0) }
    }

    @Test func `what a snapshot sees is removed, once, and nothing that came later`() async throws {
        let feed = try await Feed(by: .table)
        try await save(3, by: feed.writer)
        try await save(4, by: feed.writer)
        let now = try await snapshot(feed)
        try await save(5, by: feed.writer)

        let removed = [try await prune(feed, from: nil, to: now), try await prune(feed, from: nil, to: now)]

        #expect(removed == [2, 0])
        #expect(try await left(feed) == [5])
    }

    @Test func `what the snapshot before saw is somebody else's business`() async throws {
        let feed = try await Feed(by: .table)
        try await save(3, by: feed.writer)
        let previous = try await snapshot(feed)
        try await save(4, by: feed.writer)
        let now = try await snapshot(feed)
        try await save(5, by: feed.writer)

        let none = try await prune(feed, from: now, to: now)
        let removed = try await prune(feed, from: previous, to: now)

        #expect(none == 0)
        #expect(removed == 1)
        #expect(try await left(feed) == [3, 5])
    }

    @Test func `what a dump brought from a cluster of more transactions is removed`() async throws {
        let feed = try await Feed(by: .table)
        try await save(3, by: feed.writer)
        try await feed.owner.query("UPDATE scene_sync.changes SET xid = '9000000000'")
        let now = try await snapshot(feed)
        try await save(4, by: feed.writer)

        let removed = try await prune(feed, from: now, to: now)

        #expect(removed == 1)
        #expect(try await left(feed) == [4])
    }

    @Test func `what was under way stays until a later snapshot sees it`() async throws {
        let feed = try await Feed(by: .table)
        let other = try await feed.anotherWriter()
        try await feed.write("BEGIN")
        try await save(3, by: feed.writer)
        try await save(4, by: other)
        let first = try await snapshot(feed)
        try await save(5, by: other)
        let second = try await snapshot(feed)
        try await feed.write("COMMIT")
        let third = try await snapshot(feed)

        _ = try await prune(feed, from: nil, to: first)
        let afterFirst = try await left(feed)
        _ = try await prune(feed, from: first, to: second)
        let afterSecond = try await left(feed)
        _ = try await prune(feed, from: second, to: third)

        #expect(afterFirst == [3, 5])
        #expect(afterSecond == [3])
        #expect(try await left(feed) == [])
    }

    @Test func `it says how many it removed, those that were under way before included`() async throws {
        let feed = try await Feed(by: .table)
        let other = try await feed.anotherWriter()
        try await feed.write("BEGIN")
        try await save(3, by: feed.writer)
        // One that is over makes the other one that is not.
        try await save(4, by: other)
        let previous = try await snapshot(feed)
        try await feed.write("COMMIT")
        try await save(5, by: other)
        let now = try await snapshot(feed)

        #expect(try await prune(feed, from: previous, to: now) == 2)
        #expect(try await left(feed) == [4])
    }

    @Test func `whoever has read to where it ends misses nothing`() async throws {
        let feed = try await Feed(by: .table)
        let other = try await feed.anotherWriter()
        let begin = try await snapshot(feed)
        try await other.query("BEGIN")
        try await save(3, by: other)
        try await save(4, by: feed.writer)

        let first = try await Reading(feed.daemon, since: begin)
        _ = try await prune(feed, from: nil, to: first.snapshot)
        try await other.query("COMMIT")
        try await save(5, by: feed.writer)
        let second = try await Reading(feed.daemon, since: first.snapshot)

        #expect(first.payloads.map { $0.set?.first?.scene } == [4])
        #expect(second.payloads.map { $0.set?.first?.scene } == [3, 5])
    }
}
