import Postgres
import PostgresTestSupport
import Testing

/// TRUNCATE is not MVCC: a snapshot older than one finds the table empty, and not yet what we remember of it.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct TruncateLoadTests {
    @Test(arguments: ["TRUNCATE generated_images", "TRUNCATE content_creation_requests CASCADE"], [false, true])
    func `a load that waited for a truncate sees all of it`(_ truncate: String, _ isWarm: Bool) async throws {
        let feed = try await Feed()
        if isWarm { for _ in 0..<10 { _ = try await feed.load("A") } }
        try await feed.write("BEGIN")
        try await feed.write(truncate)

        async let load = feed.load("A")
        try await feed.owner.query(waitUntilBlocked(feed.daemon))
        try await feed.write("COMMIT")

        let loaded = try await load
        #expect(loaded.images == "[]")
        let heard = try await feed.heard().last { $0.op == "truncate" || $0.op == "project_truncate" }
        let xid = try #require(heard?.xid)
        let visible = "SELECT pg_visible_in_snapshot($1::xid8, $2::pg_snapshot)"
        #expect(try await feed.owner.query(visible, [xid, loaded.snapshot]).bool(0, 0) == true)
        #expect(loaded.isPresent == (truncate == "TRUNCATE generated_images"))
        #expect(loaded.lost.keys.sorted() == (loaded.isPresent ? [1, 2] : []))
    }

    @Test(arguments: [false, true])
    func `a load that waited for a truncate that failed sees none of it`(_ isWarm: Bool) async throws {
        let feed = try await Feed()
        if isWarm { for _ in 0..<10 { _ = try await feed.load("A") } }
        let before = try await feed.load("A")
        try await feed.write("BEGIN")
        try await feed.write("TRUNCATE generated_images")

        async let load = feed.load("A")
        try await feed.owner.query(waitUntilBlocked(feed.daemon))
        try await feed.write("ROLLBACK")

        let loaded = try await load
        #expect(loaded.images == before.images)
        #expect(loaded.lost == [:])
    }

    @Test func `images without a row are never loaded without the memory`() async throws {
        let feed = try await Feed()

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<100 {
                    try await feed.write("TRUNCATE generated_images")
                    try await feed.write("INSERT INTO @images VALUES (@A, 1, 0, 'x')")
                }
            }
            group.addTask {
                for _ in 0..<300 {
                    let load = try await feed.load("A")
                    #expect(load.images != "[]" || load.lost[1] != nil)
                }
            }
            try await group.waitForAll()
        }
    }
}
