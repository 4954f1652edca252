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

    @Test func `two writers delete in opposite order without a deadlock`() async throws {
        let feed = try await Feed()
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

    @Test func `serializable writers who insert beside each other do not fail each other`() async throws {
        let feed = try await Feed()
        let writers = [try await feed.anotherWriter(), try await feed.anotherWriter()]
        for writer in writers { try await writer.query("BEGIN ISOLATION LEVEL SERIALIZABLE") }

        for (number, writer) in writers.enumerated() {
            try await writer.query("INSERT INTO @images VALUES (@A, \(51 + number), 0, 'x')".withNames)
        }

        for writer in writers { try await writer.query("COMMIT") }
    }

    @Test(arguments: RowSecurity.whole)
    func `sixteen writers of one project do not wait for each other`(_ security: RowSecurity) async throws {
        let feed = try await Feed(security)
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
        #expect(try await feed.heard().count == 16 * 6 + 1)
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

    @Test func `whoever waits for a place gets the higher number`() async throws {
        let feed = try await Feed()
        let other = try await feed.anotherWriter()
        try await feed.write("BEGIN")
        try await feed.write("DELETE FROM generated_images WHERE image_url = 'three'")

        async let second = other.query("INSERT INTO @images VALUES (@A, 2, 0, 'late')".withNames)
        try await feed.owner.query(waitUntilBlocked(other))
        try await feed.write("DELETE FROM generated_images WHERE image_url = 'one'")
        try await feed.write("COMMIT")
        _ = try await second

        let heard = try await feed.heard()
        #expect(
            heard.map(\.summary) == [
                "delete A 1 row: gone 2/0, lost 2", "delete A 1 row: gone 1/0, lost 1", "insert A 1 row: 2/0=late",
            ])
        #expect(heard.map(\.n) == heard.map(\.n).sorted())
    }

    @Test func `a project that goes while an image is deleted leaves no memory`() async throws {
        let feed = try await Feed()
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
