import Postgres
import PostgresTestSupport
import Testing

/// Saves and regenerations of one project take turns; raw SQL waits for none of them, and spoils none.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct ImageAPITurnsTests {
    @Test func `sixty-four savers at once fill the next places without a hole`() async throws {
        let feed = try await Feed()
        let project = "A"
        var savers: [ImageAPI] = []
        for _ in 0..<64 { savers.append(ImageAPI(session: try await feed.anotherWriter())) }

        try await withThrowingTaskGroup { group in
            for (number, saver) in savers.enumerated() {
                group.addTask {
                    for round in 0..<3 {
                        try await saver.save("5/next=\(number).\(round) 5/next=\(number).\(round)b", in: project)
                    }
                }
            }
            try await group.waitForAll()
        }

        let stored = try await savers[0].stored().filter { $0.hasPrefix("5/") }
        #expect(stored.map { $0.prefix { $0 != "=" } } == (0..<384).map { "5/\($0)" })
        // The two of one save are beside each other.
        for pair in stride(from: 0, to: 384, by: 2) {
            let urls = stored[pair...pair + 1].map { $0.drop { $0 != "=" } }
            #expect(urls[1] == urls[0] + "b")
        }
    }

    @Test(arguments: ["save_images(@A, '{\"scene_index\": 9, \"image_url\": \"x\"}')", "regenerate(@A, '{9}')"])
    func `another of the same project waits, of another project does not, and raw SQL does not`(
        _ call: String
    ) async throws {
        let feed = try await Feed()
        let (same, other, raw) = (
            try await feed.anotherWriter(), try await feed.anotherWriter(), try await feed.anotherWriter()
        )
        for session in [same, other, raw] { try await session.query("SET lock_timeout = '200ms'") }
        try await feed.write("BEGIN")
        try await feed.write("SELECT scene_sync_api.\(call)")

        try await ImageAPI(session: other).save("9/0=x", in: "B")
        try await ImageAPI(session: other).regenerate(in: "C")
        for statement in [
            "INSERT INTO @images VALUES (@A, 9, 1, 'raw'), (@A, 8, 0, 'raw')",
            "UPDATE generated_images SET image_url = 'raw' WHERE image_url = 'one'",
            "DELETE FROM generated_images WHERE image_url = 'two'",
            "UPDATE content_creation_requests SET generated_output = '{}' WHERE id = @A",
        ] {
            try await raw.query(statement.withNames)
        }
        for blocked in ["save_images(@A, '{\"scene_index\": 7, \"image_url\": \"x\"}')", "regenerate(@A, '{7}')"] {
            let error = await #expect(throws: PostgresError.self) {
                try await same.query("SELECT scene_sync_api.\(blocked)".withNames)
            }
            #expect(error?.sqlstate == "55P03")
        }
        try await feed.write("COMMIT")

        try await ImageAPI(session: same).save("7/0=x")
    }

    @Test func `a regeneration that waited for a save removes what it saved`() async throws {
        let feed = try await Feed()
        let other = ImageAPI(session: try await feed.anotherWriter())
        try await feed.write("BEGIN")
        try await ImageAPI(session: feed.writer).save("5/0=x")
        async let regenerated = other.regenerate([5])
        try await feed.owner.query(waitUntilBlocked(other.session))

        try await feed.write("COMMIT")

        #expect(try await regenerated.deleted == 1)
        #expect(try await other.stored().count == 3)
    }

    @Test func `a save that waited for a regeneration is of an older generation`() async throws {
        let feed = try await Feed()
        let other = ImageAPI(session: try await feed.anotherWriter())
        try await feed.write("BEGIN")
        try await ImageAPI(session: feed.writer).regenerate([1])
        let saving = Task { try await other.save("1/0=late@0") }
        try await feed.owner.query(waitUntilBlocked(other.session))

        try await feed.write("COMMIT")

        let error = await #expect(throws: PostgresError.self) { try await saving.value }
        #expect(error?.sqlstate == "PT409")
        #expect(try await other.stored() == ["2/0=three"])
    }

    @Test(arguments: ["COMMIT", "ROLLBACK"], [false, true])
    func `the app's own insert at the next place comes before or not at all`(
        _ end: String, _ replacing: Bool
    ) async throws {
        let feed = try await Feed()
        let other = ImageAPI(session: try await feed.anotherWriter())
        try await feed.write("BEGIN")
        try await feed.write("INSERT INTO @images VALUES (@A, 1, 2, 'raw')")
        let saving = Task { try await other.save("1/next=a 4/0=b 1/next=c", replacing: replacing) }
        try await feed.owner.query(waitUntilBlocked(other.session))

        try await feed.write(end)

        #expect(
            try await saving.value.places
                == (end == "COMMIT" ? ["1/3=a", "4/0=b", "1/4=c"] : ["1/2=a", "4/0=b", "1/3=c"]))
        #expect(try await other.stored().contains("1/2=raw") == (end == "COMMIT"))
    }

    @Test(arguments: ["COMMIT", "ROLLBACK"])
    func `the app's own insert at a named place is in the way, if it stays`(_ end: String) async throws {
        let feed = try await Feed()
        let other = ImageAPI(session: try await feed.anotherWriter())
        try await feed.write("BEGIN")
        try await feed.write("INSERT INTO @images VALUES (@A, 4, 0, 'raw')")
        let saving = Task { try await other.save("3/0=a 4/0=b") }
        try await feed.owner.query(waitUntilBlocked(other.session))

        try await feed.write(end)

        if end == "ROLLBACK" {
            #expect(try await saving.value.places == ["3/0=a", "4/0=b"])
        } else {
            let error = await #expect(throws: PostgresError.self) { try await saving.value }
            guard case .server(let server)? = error else { return }
            #expect(server.detail == #"{"occupied": [{"scene_index": 4, "image_index": 0}]}"#)
            #expect(try await other.stored() == ["1/0=one", "1/1=two", "2/0=three", "4/0=raw"])
        }
    }

    @Test func `a project that is deleted meanwhile is unknown`() async throws {
        let feed = try await Feed()
        let other = ImageAPI(session: try await feed.anotherWriter())
        try await feed.write("BEGIN")
        try await feed.write("DELETE FROM content_creation_requests WHERE id = @A")
        let saving = Task { try await other.save("9/0=x") }
        try await feed.owner.query(waitUntilBlocked(other.session))

        try await feed.write("COMMIT")

        let error = await #expect(throws: PostgresError.self) { try await saving.value }
        #expect(error?.sqlstate == "PT404")
    }
}
