import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct LoadTests {
    @Test(arguments: RowSecurity.whole)
    func `each project asked for is a row, there or not, and as often as asked`(_ security: RowSecurity) async throws {
        let feed = try await Feed(security)

        let loads = try await Load.all(feed.daemon, ["B", "D", "A", "A"])

        #expect(loads.map(\.project).sorted() == ["A", "A", "B", "D"])
        let absent = loads.first { $0.project == "D" }
        #expect(absent?.isPresent == false)
        #expect(absent?.document == nil)
        #expect(absent?.images == "[]")
        #expect(absent?.lost == [:])
        #expect(Set(loads.map(\.snapshot)).count == 1)
        #expect(try await Load.all(feed.daemon, []).isEmpty)
    }

    @Test func `no document and JSON's null are two things`() async throws {
        let feed = try await Feed()

        let none = try await feed.load("C")
        try await feed.write("UPDATE content_creation_requests SET generated_output = 'null' WHERE id = @C")
        let null = try await feed.load("C")

        #expect(none.isPresent && none.document == nil)
        #expect(null.isPresent && null.document == "null")
    }

    @Test(arguments: [
        #"{"a": 1.10, "b": [1E400, -0, 0.000]}"#, String(repeating: "9", count: 500), #""é\"\\\u0001/日🖼""#,
        "[[], {}, [null]]", "[" + String(repeating: "[", count: 500) + String(repeating: "]", count: 500) + "]",
    ])
    func `a document is PostgreSQL's own text`(_ document: String) async throws {
        let feed = try await Feed()

        let saved = try await feed.write(
            "UPDATE content_creation_requests SET generated_output = $1 WHERE id = @C RETURNING generated_output::text",
            [document])

        #expect(try await feed.load("C").document == saved.string(0, 0))
    }

    @Test func `images come in the order of their places`() async throws {
        let feed = try await Feed()

        try await feed.write(
            """
            INSERT INTO @images VALUES
                (@C, 10, 2, 'f'), (@C, 2, 10, 'e'), (@C, 2, 9, 'd'),
                (@C, -1, 0, 'b'), (@C, -1, -5, 'a'), (@C, 0, 0, 'c')
            """)

        let images = try await feed.load("C").images
        #expect(images == #"[[-1,-5,"a"],[-1,0,"b"],[0,0,"c"],[2,9,"d"],[2,10,"e"],[10,2,"f"]]"#)
    }

    @Test func `any URL is JSON`() async throws {
        let feed = try await Feed()
        let url = Alphabet.everything.characters

        let json = try await feed.write("INSERT INTO @images VALUES (@C, 1, 0, $1) RETURNING to_json(image_url)", [url])

        #expect(try await feed.load("C").images == "[[1,0,\(json.string(0, 0) ?? "")]]")
    }

    @Test func `the snapshot tells who was not seen`() async throws {
        let feed = try await Feed()
        try await feed.write("BEGIN")
        try await feed.write("INSERT INTO @images VALUES (@C, 1, 0, 'x')")
        let xid = try #require(try await feed.write("SELECT pg_current_xact_id()").string(0, 0))

        let during = try await feed.load("C")
        try await feed.write("COMMIT")
        let after = try await feed.load("C")

        let visible = "SELECT pg_visible_in_snapshot($1::xid8, $2::pg_snapshot)"
        #expect(during.images == "[]")
        #expect(try await feed.owner.query(visible, [xid, during.snapshot]).bool(0, 0) == false)
        #expect(after.images == #"[[1,0,"x"]]"#)
        #expect(try await feed.owner.query(visible, [xid, after.snapshot]).bool(0, 0) == true)
    }

    @Test func `a load beside a transaction of any isolation is of one moment`() async throws {
        let feed = try await Feed()

        try await feed.daemon.query("BEGIN ISOLATION LEVEL REPEATABLE READ")
        let before = try await feed.load("C")
        try await feed.write("INSERT INTO @images VALUES (@C, 1, 0, 'x')")
        let after = try await feed.load("C")
        try await feed.daemon.query("COMMIT")

        #expect(before.images == after.images)
        #expect(before.snapshot == after.snapshot)
    }

    @Test func `an owner from whom rows are hidden makes a load fail`() async throws {
        let feed = try await Feed()
        try await feed.owner.run(
            script: """
                ALTER TABLE generated_images ENABLE ROW LEVEL SECURITY;
                ALTER TABLE generated_images FORCE ROW LEVEL SECURITY;
                """)

        let error = await #expect(throws: PostgresError.self) { try await feed.load("A") }

        #expect(error?.sqlstate == "42501")
    }
}
