import Postgres
import PostgresTestSupport
import RandomNumbers
import Testing

@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct RandomReadingTests {
    /// A reading, with all that had been read then.
    private struct Point {
        let snapshot: String
        let read: Set<Int>
    }

    /// What the table has and who asks may see.
    private func stored(_ feed: Feed) async throws -> [Int?] {
        let rows = try await feed.owner.query("SELECT scene FROM scene_sync.changes ORDER BY n")
        return (0..<rows.count).map { rows.int64($0, 0).map(Int.init) }
    }

    @Test func `whoever writes in whatever order, each change is read once, and removed only when it was`()
        async throws
    {
        let seed = UInt64.random(in: 0..<1_000_000)
        var generator = SeededGenerator(seed: seed)
        let feed = try await Feed(by: .table)
        var writers: [RandomWriter] = []
        for number in 1...6 {
            writers.append(RandomWriter(try await feed.anotherWriter(), scenes: number * 1000...number * 1000 + 999))
        }
        var committed: Set<Int> = []
        var points = [Point(snapshot: try await Reading(feed.daemon, since: nil).snapshot, read: [])]
        var pruned = 0

        for _ in 0..<1200 {
            let writer = Int.random(in: writers.indices, using: &generator)
            committed.formUnion(try await writers[writer].step(&generator))

            if Int.random(in: 0..<8, using: &generator) == 0, let last = points.last {
                let reading = try await Reading(feed.daemon, since: last.snapshot)
                let scenes = reading.payloads.flatMap { ($0.set ?? []).map(\.scene) }
                #expect(scenes.sorted() == committed.subtracting(last.read).sorted(), "seed \(seed)")
                points.append(Point(snapshot: reading.snapshot, read: last.read.union(scenes)))
            }
            if Int.random(in: 0..<30, using: &generator) == 0 {
                let now = Int.random(in: pruned..<points.count, using: &generator)
                let previous = pruned == 0 ? nil : points[pruned].snapshot
                try await feed.gate.query(
                    "SELECT scene_sync.prune_changes($1::pg_snapshot, $2::pg_snapshot)",
                    [previous, points[now].snapshot])
                pruned = now
                let left = try await stored(feed)
                #expect(Set(left) == committed.subtracting(points[now].read), "seed \(seed)")
            }
        }

        #expect(committed.count > 50 && points.count > 80 && pruned > 10, "seed \(seed)")
    }
}
