import Postgres
import PostgresTestSupport
import Testing

/// Whatever we do beside them, writers of different images and projects wait neither for us nor for each other.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct NoWaitingTests {
    /// Everything that can be done to one project and its images, `spare` being an id of nobody.
    private func work(_ project: String, spare: String) -> [String] {
        let mine = "content_creation_request_id = @\(project)"
        return [
            "INSERT INTO @images VALUES (@\(project), 21, 0, 'x')",
            "INSERT INTO @images VALUES (@\(project), 22, 0, 'x'), (@\(project), 22, 1, 'y')",
            """
            INSERT INTO @images VALUES (@\(project), 21, 0, 'again'), (@\(project), 23, 0, 'new')
            ON CONFLICT (content_creation_request_id, scene_index, image_index)
            DO UPDATE SET image_url = EXCLUDED.image_url
            """,
            "UPDATE generated_images SET image_url = 'new' WHERE \(mine)",
            "UPDATE generated_images SET image_index = image_index + 10 WHERE \(mine)",
            "UPDATE generated_images SET scene_index = scene_index + 10 WHERE \(mine)",
            "DELETE FROM generated_images WHERE \(mine) AND scene_index > 30",
            "UPDATE content_creation_requests SET generated_output = '[]' WHERE id = @\(project)",
            "UPDATE content_creation_requests SET status = 'done' WHERE id = @\(project)",
            "DELETE FROM generated_images WHERE \(mine)",
            "UPDATE content_creation_requests SET id = @\(spare) WHERE id = @\(project)",
            "INSERT INTO @images VALUES (@\(spare), 1, 0, 'x')",
            "DELETE FROM content_creation_requests WHERE id = @\(spare)",
            "INSERT INTO content_creation_requests (id) VALUES (@\(project))",
            "INSERT INTO @images VALUES (@\(project), 1, 0, 'x')",
        ]
    }

    private func impatient(_ feed: Feed) async throws -> Session {
        let session = try await feed.anotherWriter()
        try await session.query("SET lock_timeout = '100ms'")
        return session
    }

    @Test(arguments: Feed.Way.orNone, ["COMMIT", "ROLLBACK"])
    func `two transactions do all kinds of things beside each other`(_ way: Feed.Way?, _ end: String) async throws {
        let feed = try await Feed(by: way)
        let (one, other) = (try await impatient(feed), try await impatient(feed))
        try await one.query("BEGIN")
        try await other.query("BEGIN")

        for (first, second) in zip(work("A", spare: "D"), work("B", spare: "E")) {
            try await one.query(first.withNames)
            try await other.query(second.withNames)
        }

        try await one.query(end)
        try await other.query(end)
        #expect(try await feed.heard().isEmpty == (way == nil || end == "ROLLBACK"))
    }

    @Test(arguments: [DoorbellLock.presence, .quiet])
    func `nobody waits behind a daemon that waits for a lock`(_ lock: DoorbellLock) async throws {
        let feed = try await Feed(by: lock == .presence ? nil : .table)
        let (one, other) = (try await impatient(feed), try await impatient(feed))
        try await one.query("BEGIN")
        try await one.query("UPDATE content_creation_requests SET generated_output = '[]' WHERE id = @C".withNames)
        async let granted: Void = feed.gate.take(lock)
        try await feed.owner.query(waitUntilBlocked(feed.gate))

        for (first, second) in zip(work("A", spare: "D"), work("B", spare: "E")) {
            try await one.query(first.withNames)
            try await other.query(second.withNames)
        }

        try await one.query("COMMIT")
        try await granted
        let heard = try await feed.heardByBothWays()
        #expect(!heard.notification.isEmpty == (lock == .quiet))
        #expect(!heard.table.isEmpty)
    }

    @Test(arguments: Feed.Way.orNone)
    func `nobody waits for a daemon that reads, prunes, folds and loads`(_ way: Feed.Way?) async throws {
        let feed = try await Feed(by: way)
        let (one, reader) = (try await impatient(feed), try await feed.anotherDaemon())
        for statement in work("A", spare: "D") { try await one.query(statement.withNames) }
        try await reader.query("BEGIN")
        let reading = try await Reading(reader, since: nil)
        try await reader.query("SELECT scene_sync.prune_changes(NULL, $1::pg_snapshot)", [reading.snapshot])
        try await reader.query("SELECT scene_sync.fold_deletions()")
        _ = try await Load.all(reader, ["A", "B"])

        for statement in work("B", spare: "E") + work("A", spare: "D") { try await one.query(statement.withNames) }

        try await reader.query("COMMIT")
    }

    @Test(arguments: Feed.Way.orNone)
    func `a project changes while another transaction has locked the images`(_ way: Feed.Way?) async throws {
        let feed = try await Feed(by: way)
        let one = try await impatient(feed)
        try await feed.write("BEGIN")
        try await feed.write("TRUNCATE generated_images")

        try await one.query("INSERT INTO content_creation_requests (id) VALUES (@D)".withNames)
        try await one.query("UPDATE content_creation_requests SET generated_output = '[]' WHERE id = @D".withNames)

        try await feed.write("COMMIT")
    }
}
