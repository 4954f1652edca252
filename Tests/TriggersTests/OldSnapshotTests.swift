import Postgres
import PostgresTestSupport
import Testing

/// At REPEATABLE READ a writer sees the image that was at a place when it began, even if another has deleted it since and
/// it puts its own there.
@Suite(.database(.installed), .timeLimit(.minutes(1)))
struct OldSnapshotTests {
    @Test(arguments: Feed.Way.allCases, ["", "SAVEPOINT within", "SAVEPOINT within; SAVEPOINT again"])
    func `what it tells of the place is its own image`(_ way: Feed.Way, _ savepoints: String) async throws {
        let feed = try await Feed(by: way)
        let other = try await feed.anotherWriter()
        try await feed.write("BEGIN ISOLATION LEVEL REPEATABLE READ")
        try await feed.write("SELECT count(*) FROM generated_images")
        try await other.query("DELETE FROM generated_images WHERE image_url = 'three'")
        _ = try await feed.heard()

        if !savepoints.isEmpty { try await feed.writer.run(script: savepoints) }
        try await feed.write("INSERT INTO @images VALUES (@A, 2, 0, 'mine')")
        try await feed.write("COMMIT")

        #expect(try await feed.heard().map(\.summary) == ["insert A 1 row: 2/0=mine"])
    }
}
