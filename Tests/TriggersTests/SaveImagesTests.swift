import Postgres
import PostgresTestSupport
import Testing

/// `scene_sync_api.save_images` and `upsert_images`. In the template, A has 1/0=one 1/1=two 2/0=three.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct SaveImagesTests {
    private static let inA = ["1/0=one", "1/1=two", "2/0=three"]

    private func api() async throws -> ImageAPI {
        ImageAPI(session: try await Database.current.open(as: .writer))
    }

    private func refusal(
        _ sqlstate: String, _ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let error = await #expect(throws: PostgresError.self, sourceLocation: sourceLocation) { try await body() }
        guard case .server(let server)? = error else { return "" }
        #expect(server.sqlstate == sqlstate, "\(server.message)", sourceLocation: sourceLocation)
        return server.detail ?? ""
    }

    @Test func `images are saved together and answered in the order of the request`() async throws {
        let api = try await api()

        let saved = try await api.save("3/7=a 1/2=b 3/0=c")

        #expect(saved.places == ["3/7=a", "1/2=b", "3/0=c"])
        #expect(saved.allSatisfy { $0.project_id == Names.id("A") && $0.generation == 0 })
        #expect(Set(saved.map(\.id)).count == 3)
        #expect(try await api.stored() == ["1/0=one", "1/1=two", "1/2=b", "2/0=three", "3/0=c", "3/7=a"])
    }

    @Test func `one image needs no array, and no place is the first`() async throws {
        let api = try await api()

        let saved = try await api.save(#"{"scene_index": 9, "image_url": "é\"\\\n<", "id": 4, "image_index": null}"#)

        #expect(saved.map(\.image_url) == ["é\"\\\n<"])
        #expect(saved.map(\.image_index) == [0])
    }

    @Test(
        arguments: [
            ("1/next=a 2/next=b 1/next=c", ["1/2=a", "2/1=b", "1/3=c"]),
            ("5/next=a 5/next=b", ["5/0=a", "5/1=b"]),
            ("1/next=a 1/2=b 1/7=c 1/next=d", ["1/8=a", "1/2=b", "1/7=c", "1/9=d"]),
            ("5/-9=a 5/next=b", ["5/-9=a", "5/0=b"]),
        ], [false, true])
    func `next is the place after the scene's last one`(_ request: (String, [String]), _ replacing: Bool) async throws {
        let api = try await api()

        let saved = try await api.save(request.0, replacing: replacing)

        #expect(saved.places == request.1)
    }

    @Test func `there is no place after the last one there can be`() async throws {
        let api = try await api()
        try await api.save("5/2147483647=a")

        _ = try await refusal("22003") { try await api.save("5/next=b 6/0=c") }

        #expect(try await api.stored() == Self.inA + ["5/2147483647=a"])
    }

    @Test func `places that are taken are named, and nothing is saved`() async throws {
        let api = try await api()

        let detail = try await refusal("PT409") { try await api.save("4/0=a 2/0=b 1/1=c 1/next=d") }

        #expect(
            detail == #"{"occupied": [{"scene_index": 1, "image_index": 1}, {"scene_index": 2, "image_index": 0}]}"#)
        #expect(try await api.stored() == Self.inA)
    }

    @Test func `an upsert replaces what is there and saves the rest`() async throws {
        let api = try await api()
        let before = try await api.session.query("SELECT id, updated_at FROM generated_images WHERE image_url = 'one'")

        let saved = try await api.save("4/0=a 1/0=b 1/next=c", replacing: true)

        #expect(saved.places == ["4/0=a", "1/0=b", "1/2=c"])
        #expect(saved[1].id == before.string(0, 0))
        #expect(try await api.stored() == ["1/0=b", "1/1=two", "1/2=c", "2/0=three", "4/0=a"])
        let after = try await api.session.query("SELECT updated_at FROM generated_images WHERE image_url = 'b'")
        #expect(after.string(0, 0) != before.string(0, 1))
    }

    @Test(arguments: [false, true])
    func `an image of an older generation is refused, and all that come with it`(replacing: Bool) async throws {
        let api = try await api()
        let newest = try #require(try await api.regenerate([1]).generations["1"])
        let older = "1/0=late@\(newest - 1) 2/5=x@0"

        let detail = try await refusal("PT409") { try await api.save(older, replacing: replacing) }
        let saved = try await api.save("1/0=new@\(newest) 1/1=unnamed 2/5=x@0", replacing: replacing)

        #expect(detail == "{\"outdated\": [{\"scene_index\": 1, \"generation\": \(newest)}]}")
        #expect(saved.map(\.generation) == [newest, newest, 0])
        #expect(try await api.stored() == ["1/0=new", "1/1=unnamed", "2/0=three", "2/5=x"])
    }

    @Test func `what raw SQL has removed is of an older generation, too`() async throws {
        let api = try await api()
        try await api.session.query("DELETE FROM generated_images WHERE image_url = 'three'")

        _ = try await refusal("PT409") { try await api.save("2/0=late@0") }

        #expect(try await api.stored() == ["1/0=one", "1/1=two"])
    }

    @Test(arguments: [
        ("[]", [""]), ("[3]", ["/0"]), ("[{}]", ["/0/scene_index", "/0/image_url"]),
        ("{}", ["/scene_index", "/image_url"]), ("[[]]", ["/0"]),
        (#"{"scene_index": 1.0, "image_url": "x"}"#, ["/scene_index"]),
        (#"{"scene_index": 2147483648, "image_url": "x"}"#, ["/scene_index"]),
        (#"{"scene_index": "1", "image_url": "x"}"#, ["/scene_index"]),
        (#"{"scene_index": null, "image_url": null}"#, ["/scene_index", "/image_url"]),
        (#"{"scene_index": 1, "image_url": ""}"#, ["/image_url"]),
        (#"{"scene_index": 1, "image_url": 5}"#, ["/image_url"]),
        (#"{"scene_index": 1, "image_url": "x", "image_index": "last"}"#, ["/image_index"]),
        (#"{"scene_index": 1, "image_url": "x", "image_index": 0.5}"#, ["/image_index"]),
        (#"{"scene_index": 1, "image_url": "x", "generation": -1}"#, ["/generation"]),
        (#"{"scene_index": 1, "image_url": "x", "generation": "1"}"#, ["/generation"]),
        (#"{"scene_index": 1, "image_url": "x", "generation": 99999999999999999999}"#, ["/generation"]),
        ("7/0=a 8/0=b 7/0=c", ["/2"]),
        (#"[{"scene_index": 7, "image_url": "x"}, {"scene_index": 7, "image_url": "y", "image_index": 0}]"#, ["/1"]),
        (#""x""#, [""]), ("null", [""]),
    ])
    func `what cannot be saved is refused with a pointer to it`(_ images: String, _ pointers: [String]) async throws {
        let api = try await api()

        let detail = try await refusal("PT400") { try await api.save(images) }

        let named = detail.matches(of: /"pointer": "([^"]*)"/).map { String($0.output.1) }
        #expect(named == pointers, "\(detail)")
        #expect(try await api.stored() == Self.inA)
    }

    @Test func `ten thousand images are saved, one more is refused`() async throws {
        let api = try await api()
        func images(_ count: Int) -> String { (0..<count).map { "\($0 % 7)/next=u\($0)" }.joined(separator: " ") }

        _ = try await refusal("PT400") { try await api.save(images(10_001)) }
        let saved = try await api.save(images(10_000))

        #expect(saved.map(\.image_url) == (0..<10_000).map { "u\($0)" })
        #expect(try await api.stored().count == 10_003)
    }

    @Test func `there has to be such a project`() async throws {
        let api = try await api()

        _ = try await refusal("PT404") { try await api.save("1/0=x", in: "D") }
        _ = try await refusal("PT404") { try await api.regenerate(in: "D") }
        _ = try await refusal("PT404") { _ = try await api.generations("D") }
    }

    @Test(arguments: ["REPEATABLE READ", "SERIALIZABLE"])
    func `a snapshot from before the turn is refused`(_ level: String) async throws {
        let api = try await api()
        try await api.session.query("BEGIN ISOLATION LEVEL \(level)")

        _ = try await refusal("25000") { try await api.save("1/next=x") }
        try await api.session.query("ROLLBACK")
    }

    @Test(arguments: Feed.Way.allCases)
    func `a save is announced as one change, an upsert as two`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        let api = ImageAPI(session: feed.writer)

        try await api.save("3/next=a 1/2=b 3/next=c")
        let saved = try await feed.heard().map(\.summary)
        try await api.save("3/0=A 5/0=d", replacing: true)
        let upserted = try await feed.heard().map(\.summary)

        #expect(saved == ["insert A 3 rows: 1/2=b 3/0=a 3/1=c"])
        #expect(upserted.sorted() == ["insert A 1 row: 5/0=d", "update A 1 row: 3/0=A"])
    }

    @Test func `in a table without a key a place is taken all the same`() async throws {
        try await Database.with(.unconstrained, on: Server.shared) { database in
            let api = ImageAPI(session: try await database.open(as: .writer))

            _ = try await refusal("PT409") { try await api.save("1/0=x") }
            let saved = try await api.save("1/next=x 1/0=y 9/0=z", replacing: true)

            #expect(saved.places == ["1/2=x", "1/0=y", "9/0=z"])
            #expect(try await api.stored() == ["1/0=y", "1/1=two", "1/2=x", "2/0=three", "9/0=z"])
        }
    }

    /// The app's own trigger, which names a table of its schema as anybody does.
    private static let audit = """
        CREATE TABLE public.audit (url text);
        GRANT INSERT ON public.audit TO \(Role.writer.rawValue);
        CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO audit VALUES (CASE TG_OP WHEN 'DELETE' THEN OLD.image_url ELSE NEW.image_url END); RETURN NULL; END $$;
        CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON public.generated_images
        FOR EACH ROW EXECUTE FUNCTION public.note();
        """

    @Test func `the app's triggers find what they name, whoever saves`() async throws {
        let feed = try await Feed()
        try await feed.owner.run(script: Self.audit)

        try await ImageAPI(session: feed.writer).save("5/0=a 1/0=b", replacing: true)
        try await ImageAPI(session: feed.writer).regenerate([5])
        for (operation, argument) in [("save", ImageAPI.json("6/0=c")), ("regenerate", "[6]")] {
            let status = try await feed.daemon.query(
                "SELECT status FROM scene_sync.write($1, @A, $2::jsonb)".withNames, [operation, argument]
            ).int64(0, 0)
            #expect(status ?? 500 < 300)
        }

        let urls = try await feed.owner.query("SELECT string_agg(url, '' ORDER BY ctid) FROM audit").string(0, 0)
        #expect(urls == "baacc")
    }

    @Test func `nobody who may make functions of the app's schema gets called by them`() async throws {
        let feed = try await Feed()
        let admin = try await Database.current.open(as: .superuser)
        try await admin.query("GRANT CREATE ON SCHEMA public TO \(Role.writer.rawValue)")
        for name in [
            "cardinality(integer[])", "to_json(text)", "to_json(uuid)", "unnest(integer[])", "unnest(bigint[])",
        ] {
            let result = name.hasPrefix("card") ? "integer" : name.hasPrefix("to") ? "json" : "SETOF integer"
            try await feed.writer.query(
                """
                CREATE FUNCTION public.\(name) RETURNS \(result) LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'called by %', current_user; END $$
                """)
        }
        let daemon = feed.daemon

        for (operation, argument) in [
            ("save", ImageAPI.json("5/next=a 6/0=b")), ("upsert", ImageAPI.json("5/0=a 5/next=a")),
            ("regenerate", "[5, 8]"),
            ("regenerate", nil),
        ] {
            let rows = try await daemon.query(
                "SELECT status FROM scene_sync.write($1, @A, $2::jsonb)".withNames, [operation, argument])
            #expect(rows.int64(0, 0) ?? 500 < 300, "\(operation)")
        }
        _ = try await daemon.query("SELECT scene_sync.generations(@A)".withNames)
    }
}
