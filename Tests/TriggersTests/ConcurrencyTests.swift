import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct ConcurrencyTests {
    /// A transaction that would rather fail than wait.
    private func impatient(_ feed: Feed) async throws -> Session {
        let session = try await feed.anotherWriter()
        try await session.query("SET lock_timeout = '2s'")
        try await session.query("BEGIN")
        return session
    }

    @Test(arguments: Feed.Way.orNone)
    func `two writers delete in opposite order without a deadlock`(_ way: Feed.Way?) async throws {
        let feed = try await Feed(by: way)
        try await feed.write("INSERT INTO @images VALUES (@A, 2, 1, 'five')")
        let one = try await impatient(feed)
        let other = try await impatient(feed)

        try await one.query("DELETE FROM generated_images WHERE image_url = 'one'")
        try await other.query("DELETE FROM generated_images WHERE image_url = 'three'")
        try await one.query("DELETE FROM generated_images WHERE image_url = 'five'")
        try await other.query("DELETE FROM generated_images WHERE image_url = 'two'")
        try await one.query("COMMIT")
        try await other.query("COMMIT")

        #expect(try await feed.memories() == ["A 1", "A 1", "A 2", "A 2"])
    }

    @Test(arguments: Feed.Way.orNone)
    func `serializable writers who insert beside each other do not fail each other`(_ way: Feed.Way?) async throws {
        let feed = try await Feed(by: way)
        let writers = [try await feed.anotherWriter(), try await feed.anotherWriter()]
        for writer in writers { try await writer.query("BEGIN ISOLATION LEVEL SERIALIZABLE") }

        // By turns: who looked would have read, before the other inserts, where that one inserts.
        for round in 1...3 {
            for (number, writer) in writers.enumerated() {
                let places = "(@A, 5\(number), \(round), 'x'), (@A, 6\(number), \(round), 'y')"
                try await writer.query("INSERT INTO @images VALUES \(places)".withNames)
            }
        }

        for writer in writers { try await writer.query("COMMIT") }
        #expect(try await feed.heard().count == (way == nil ? 0 : way == .table ? 2 : 6))
    }

    /// Who looked at the project would have read what the other writes, who has read what this one writes.
    @Test(
        arguments: [
            "DELETE FROM generated_images WHERE image_url = 'one'",
            "UPDATE generated_images SET scene_index = 9 WHERE image_url = 'one'",
        ], Feed.Way.orNone)
    func `an image that leaves its scene fails no serializable writer of the document`(
        _ leave: String, _ way: Feed.Way?
    ) async throws {
        let feed = try await Feed(by: way)
        let leaver = try await feed.anotherWriter()
        let other = try await feed.anotherWriter()
        for writer in [leaver, other] { try await writer.query("BEGIN ISOLATION LEVEL SERIALIZABLE") }

        try await other.query("SELECT image_url FROM generated_images")
        try await leaver.query(leave)
        try await other.query(
            "UPDATE content_creation_requests SET generated_output = '[]' WHERE id = @A".withNames)
        try await leaver.query("COMMIT")
        try await other.query("COMMIT")

        #expect(try await feed.memories() == ["A 1"])
    }

    @Test(arguments: RowSecurity.whole, Feed.Way.allCases)
    func `sixteen writers of one project do not wait for each other`(
        _ security: RowSecurity, _ way: Feed.Way
    ) async throws {
        let feed = try await Feed(security, by: way)
        var writers: [Session] = []
        for number in 1...16 {
            let writer = try await impatient(feed)
            for statement in work(number) {
                try await writer.query(statement.withNames)
            }
            writers.append(writer)
        }
        try await writers[0].query(
            "UPDATE content_creation_requests SET generated_output = '[]' WHERE id = \("@C".withNames)")

        let pids = writers.map { "\($0.backendPID)" }.joined(separator: ",")
        let modes = try await feed.owner.query(
            """
            SELECT DISTINCT mode FROM pg_locks
            WHERE pid = ANY ($1::integer[]) AND locktype IN ('relation', 'object') ORDER BY mode
            """, ["{\(pids)}"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in writers {
                group.addTask { _ = try await writer.query("COMMIT") }
            }
            try await group.waitForAll()
        }

        // Not the commit's lock either, before there is a commit.
        #expect(
            (0..<modes.count).map { modes.string($0, 0) } == ["AccessShareLock", "RowExclusiveLock", "RowShareLock"])
        // A reading has one for each operation of a transaction.
        #expect(try await feed.heard().count == 16 * (way == .table ? 3 : 6) + 1)
        #expect(try await feed.load("C").lost.count == 16)
    }

    private func work(_ scene: Int) -> [String] {
        let mine = "content_creation_request_id = @C AND scene_index = \(scene)"
        return [
            "INSERT INTO @images VALUES (@C, \(scene), 0, 'x'), (@C, \(scene), 1, 'y')",
            "INSERT INTO @images VALUES (@C, \(scene), 2, 'z')",
            "UPDATE generated_images SET image_url = 'new' WHERE \(mine)",
            """
            INSERT INTO @images VALUES (@C, \(scene), 0, 'again')
            ON CONFLICT (content_creation_request_id, scene_index, image_index)
            DO UPDATE SET image_url = EXCLUDED.image_url
            """,
            "UPDATE generated_images SET scene_index = \(scene + 100) WHERE \(mine) AND image_index = 1",
            "DELETE FROM generated_images WHERE \(mine) AND image_index = 2",
        ]
    }

    @Test(arguments: Feed.Way.allCases)
    func `whoever waits for a place gets the higher number`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        let other = try await feed.anotherWriter()
        try await feed.write("BEGIN")
        try await feed.write("DELETE FROM generated_images WHERE image_url = 'three'")

        async let second = other.query("INSERT INTO @images VALUES (@A, 2, 0, 'late')".withNames)
        try await feed.owner.query(waitUntilBlocked(other))
        try await feed.write("DELETE FROM generated_images WHERE image_url = 'one'")
        try await feed.write("COMMIT")
        _ = try await second

        let heard = try await feed.heard()
        // The table is read when all is over.
        let deletions =
            way == .notification
            ? ["delete A 1 row: gone 2/0, lost 2", "delete A 1 row: gone 1/0, lost 1"]
            : ["delete A 2 rows: 2/0=late, gone 1/0, lost 1 2"]
        #expect(heard.map(\.summary) == deletions + ["insert A 1 row: 2/0=late"])
        #expect(heard.map(\.n) == heard.map(\.n).sorted())
    }

    @Test(arguments: Feed.Way.orNone)
    func `a project that goes while an image is deleted leaves no memory`(_ way: Feed.Way?) async throws {
        let feed = try await Feed(by: way)
        let other = try await feed.anotherWriter()
        try await feed.write("BEGIN")
        try await feed.write("DELETE FROM generated_images WHERE image_url = 'three'")
        async let second = other.query("DELETE FROM content_creation_requests WHERE id = \("@A".withNames)")
        try await feed.owner.query(waitUntilBlocked(other))
        try await feed.write("COMMIT")
        _ = try await second

        try await feed.write("INSERT INTO content_creation_requests (id) VALUES (@A)")

        #expect(try await feed.load("A").lost == [:])
    }
}
