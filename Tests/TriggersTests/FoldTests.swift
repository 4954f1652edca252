import Postgres
import PostgresTestSupport
import RandomNumbers
import Testing

@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct FoldTests {
    private func fold(_ feed: Feed, batch: Int = 10_000) async throws -> Int64? {
        try await feed.daemon.query("SELECT scene_sync.fold_deletions($1)", ["\(batch)"]).int64(0, 0)
    }

    private func deleteAndSave(_ feed: Feed) async throws {
        try await feed.write("DELETE FROM generated_images WHERE scene_index = 1")
        try await feed.write("INSERT INTO @images VALUES (@A, 1, 0, 'x'), (@A, 1, 1, 'y'), (@B, 1, 0, 'z')")
    }

    @Test func `the newest memory of each scene is kept`() async throws {
        let feed = try await Feed()
        for _ in 0..<5 { try await deleteAndSave(feed) }
        let before = [try await feed.load("A"), try await feed.load("B")].map(\.lost)

        let removed = try await fold(feed)

        #expect(removed == 8)
        #expect(try await feed.memories() == ["A 1", "B 1"])
        #expect([try await feed.load("A"), try await feed.load("B")].map(\.lost) == before)
        #expect(try await fold(feed) == 0)
    }

    @Test func `nothing is kept of a project that is gone`() async throws {
        let feed = try await Feed()
        try await deleteAndSave(feed)
        try await feed.write("DELETE FROM content_creation_requests WHERE id IN (@B, @C)")

        let removed = try await fold(feed)

        #expect(removed == 3)
        #expect(try await feed.memories() == ["A 1"])
    }

    @Test func `a call looks at a batch, the next one goes on, and after the end it begins anew`() async throws {
        let feed = try await Feed()
        try await deleteAndSave(feed)
        try await feed.write("DELETE FROM content_creation_requests WHERE id = @C")

        var removed: [Int64?] = []
        for _ in ["A", "B", "C"] { removed.append(try await fold(feed, batch: 1)) }
        try await deleteAndSave(feed)
        for _ in ["C", "A", "A", "B"] { removed.append(try await fold(feed, batch: 1)) }

        #expect(removed == [0, 0, 1, 0, 1, 0, 1])
        #expect(try await feed.memories() == ["A 1", "B 1"])
    }

    @Test func `a project that came again keeps its new memories`() async throws {
        let feed = try await Feed()
        try await deleteAndSave(feed)
        try await feed.write("DELETE FROM content_creation_requests WHERE id = @A")
        try await feed.write("INSERT INTO content_creation_requests (id) VALUES (@A)")
        try await feed.write("INSERT INTO @images VALUES (@A, 2, 0, 'x')")
        try await feed.write("DELETE FROM generated_images WHERE content_creation_request_id = @A")

        let removed = try await fold(feed)

        #expect(removed == 1)
        #expect(try await feed.load("A").lost.keys.sorted() == [2])
    }

    @Test func `folding in any steps never changes what a load says`() async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        var generator = SeededGenerator(seed: seed)
        let feed = try await Feed()
        for _ in 0..<60 {
            let project = ["@A", "@B"].randomElement(using: &generator) ?? "@A"
            if Int.random(in: 0..<6, using: &generator) == 0 {
                try await feed.write("DELETE FROM content_creation_requests WHERE id = \(project)")
            }
            if Int.random(in: 0..<2, using: &generator) == 0 {
                try await feed.write(
                    "INSERT INTO content_creation_requests (id) VALUES (@A), (@B) ON CONFLICT DO NOTHING")
                let scene = Int.random(in: 1...3, using: &generator)
                try await feed.write("INSERT INTO @images VALUES (\(project), \(scene), 0, 'x') ON CONFLICT DO NOTHING")
                try await feed.write("DELETE FROM generated_images WHERE scene_index = \(scene)")
            }
            let before = try await Load.all(feed.daemon, ["A", "B"]).map(\.lost)
            let batch = Int.random(in: 1...4, using: &generator)
            let removed = try #require(try await fold(feed, batch: batch))
            let after = try await Load.all(feed.daemon, ["A", "B"]).map(\.lost)
            #expect(before == after, "seed \(seed)")
            #expect(removed <= batch, "seed \(seed)")
        }
    }

    @Test func `a project that is gone and comes again finds nothing, however far it was folded`() async throws {
        let feed = try await Feed()
        for step in 0..<4 {
            try await feed.startAgain(.off)
            try await deleteAndSave(feed)
            try await feed.write("UPDATE generated_images SET scene_index = 2 WHERE image_url = 'y'")
            try await feed.write("DELETE FROM content_creation_requests WHERE id = @A")
            for _ in 0..<step { _ = try await fold(feed, batch: 1) }

            try await feed.write("INSERT INTO content_creation_requests (id) VALUES (@A)")

            #expect(try await feed.load("A").lost == [:], "after \(step) steps")
        }
    }

    @Test(arguments: Feed.Way.allCases)
    func `folding and writing do not wait for each other, and nothing is lost between them`(
        _ way: Feed.Way
    ) async throws {
        let feed = try await Feed(by: way)
        try await feed.daemon.query("SET lock_timeout = '2s'")

        try await withThrowingTaskGroup(of: Void.self) { group in
            for scene in 11...14 {
                group.addTask {
                    let writer = try await feed.anotherWriter()
                    try await writer.query("SET lock_timeout = '2s'")
                    for _ in 0..<80 {
                        try await writer.query("INSERT INTO @images VALUES (@A, \(scene), 0, 'x')".withNames)
                        try await writer.query("DELETE FROM generated_images WHERE scene_index = \(scene)")
                    }
                }
            }
            group.addTask {
                for _ in 0..<200 { _ = try await fold(feed, batch: 7) }
            }
            try await group.waitForAll()
        }

        var newest: [Int: Int64] = [:]
        for payload in try await feed.heard() {
            for memory in payload.lost ?? [] { newest[Int(memory[0])] = max(newest[Int(memory[0])] ?? 0, memory[1]) }
        }
        _ = try await fold(feed)
        #expect(newest.count == 4)
        #expect(try await feed.load("A").lost == newest)
        #expect(try await feed.memories() == ["A 11", "A 12", "A 13", "A 14"])
    }

    @Test func `an open fold keeps no writer waiting, and an open writer no fold`() async throws {
        let feed = try await Feed()
        for _ in 0..<3 { try await deleteAndSave(feed) }
        for session in [feed.writer, feed.daemon] {
            try await session.query("SET lock_timeout = '2s'")
            try await session.query("BEGIN")
        }

        try await feed.write("DELETE FROM generated_images WHERE scene_index = 1")
        let removed = try await fold(feed)
        try await feed.write("DELETE FROM content_creation_requests WHERE id = @C")
        try await feed.daemon.query("COMMIT")
        try await feed.write("COMMIT")

        #expect(removed == 4)
        #expect(try await feed.memories() == ["A 1", "A 1", "B 1", "B 1", "C ended"])
    }

    @Test func `a publication of all tables does not hinder it`() async throws {
        let feed = try await Feed()
        let admin = try await Database.current.open(as: .superuser)
        try await admin.query("CREATE PUBLICATION everything FOR ALL TABLES")
        for _ in 0..<2 { try await deleteAndSave(feed) }

        #expect(try await fold(feed) == 2)
    }
}
