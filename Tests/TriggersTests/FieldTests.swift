import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct FieldTests {
    @Test(arguments: Feed.Way.allCases)
    func `a payload is exactly this text`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        var heard: [Payload] = []

        for statement in [
            "INSERT INTO @images VALUES (@A, 3, 0, 'https://x/\"é\"'), (@A, 3, 1, 'y')",
            "DELETE FROM generated_images WHERE image_url = 'three'",
            "UPDATE content_creation_requests SET generated_output = NULL WHERE id = @A",
            "TRUNCATE generated_images",
        ] {
            try await feed.write(statement)
            heard += try await feed.heard()
        }

        let memory = try #require(
            try await feed.owner.query("SELECT min(n) FROM scene_sync.deletions WHERE scene = 2").int64(0, 0))
        let bodies = [
            #""set":[[3,0,"https://x/\"é\""],[3,1,"y"]]"#,
            #""set":[],"gone":[[2,0]],"lost":[[2,\#(memory)]]"#,
            #""reload":true"#,
            #""reload":true"#,
        ]
        #expect(heard.map(\.text) == zip(heard, bodies).map(text))
    }

    @Test(arguments: Feed.Way.allCases)
    func `a payload names its writer's transaction and session`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        try await feed.write("BEGIN")
        try await feed.write("INSERT INTO @images VALUES (@A, 3, 0, 'x')")
        try await feed.write("SAVEPOINT inner_one")
        try await feed.write("DELETE FROM generated_images WHERE scene_index = 2")
        try await feed.write("UPDATE content_creation_requests SET generated_output = '[]' WHERE id = @A")
        try await feed.write("RELEASE inner_one")
        let xid = try await feed.write("SELECT pg_current_xact_id()").string(0, 0)
        try await feed.write("COMMIT")
        try await feed.write("TRUNCATE generated_images")

        let heard = try await feed.heard()

        #expect(heard.prefix(3).map(\.xid) == [xid, xid, xid])
        #expect(heard[3].xid != xid)
        #expect(heard.map(\.pid) == Array(repeating: feed.writer.backendPID, count: 4))
        let remembered = try await feed.owner.query("SELECT xid FROM scene_sync.deletions WHERE scene = 2")
        #expect(remembered.string(0, 0) == xid)
    }

    @Test(arguments: Feed.Way.allCases)
    func `times are those of the statement and of the transaction's begin`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        let clock = "SELECT (date_part('epoch', clock_timestamp()) * 1000000)::bigint"
        try await feed.write("BEGIN")
        let began = try await feed.write("SELECT (date_part('epoch', now()) * 1000000)::bigint").int64(0, 0)
        let before = try #require(try await feed.write(clock).int64(0, 0))
        try await feed.write("INSERT INTO @images VALUES (@A, 3, 0, 'x')")
        let between = try #require(try await feed.write(clock).int64(0, 0))
        try await feed.write("UPDATE content_creation_requests SET generated_output = '[]' WHERE id = @A")
        let after = try #require(try await feed.write(clock).int64(0, 0))
        try await feed.write("COMMIT")

        let heard = try await feed.heard()

        #expect(heard.map(\.began) == [began, began])
        #expect((before...between).contains(heard[0].at))
        #expect((between...after).contains(heard[1].at))
    }

    @Test(arguments: Feed.Way.allCases)
    func `numbers grow from statement to statement`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        var newest: Int64 = 0
        var count = 0

        for statement in ImageStatements.all + ProjectStatements.all {
            try await feed.startAgain(.off)
            try await feed.write(statement.sql)
            let heard = try await feed.heard()

            #expect(heard.allSatisfy { $0.n > newest }, "\(newest), then \(heard.map(\.n))")
            // A statement's projects may have one number in common, the changes of one project never.
            for changes in Dictionary(grouping: heard, by: \.project).values {
                #expect(zip(changes, changes.dropFirst()).allSatisfy { $0.n < $1.n }, "\(changes.map(\.n))")
            }
            newest = heard.map(\.n).max() ?? newest
            count += heard.count
        }

        #expect(count > 40)
    }

    @Test(arguments: Feed.Way.allCases)
    func `a payload tells the memories of its scenes, which are older than itself`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)

        try await feed.write("DELETE FROM generated_images WHERE content_creation_request_id = @A")
        try await feed.write("UPDATE generated_images SET scene_index = 9")

        let heard = try await feed.heard()
        let remembered = try await feed.owner.query("SELECT scene, n FROM scene_sync.deletions ORDER BY n, scene")
        let memories = (0..<remembered.count).map { [remembered.int64($0, 0), remembered.int64($0, 1)] }
        #expect(heard.map { $0.lost?.count } == [2, 1])
        #expect(heard.flatMap { ($0.lost ?? []).sorted { $0[0] < $1[0] } } == memories)
        #expect(memories[0][1] == memories[1][1])
        #expect(heard.allSatisfy { payload in payload.lost?.allSatisfy { $0[1] < payload.n } == true })
    }

    private func text(of payload: Payload, with body: String) -> String {
        let project = payload.project.map { "\"\($0)\"" } ?? "null"
        return #"{"v":1,"op":"\#(payload.op)","project":\#(project),"xid":"\#(payload.xid)","n":\#(payload.n),"#
            + #""at":\#(payload.at),"began":\#(payload.began),"pid":\#(payload.pid),"rows":\#(payload.rows),\#(body)}"#
    }
}
