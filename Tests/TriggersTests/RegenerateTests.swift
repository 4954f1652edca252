import Postgres
import PostgresTestSupport
import Testing

/// `scene_sync_api.regenerate` and `generations`.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct RegenerateTests {
    @Test(arguments: Feed.Way.orNone)
    func `a scene loses its images and its fallback, had it images or none`(_ way: Feed.Way?) async throws {
        let feed = try await Feed(by: way)
        let api = ImageAPI(session: feed.writer)

        let regenerated = try await api.regenerate([1, 5, 7])

        let load = try await feed.load("A")
        #expect(regenerated.deleted == 2)
        #expect(load.images == #"[[2,0,"three"]]"#)
        #expect(load.lost.keys.sorted() == [1, 5, 7])
        #expect(regenerated.generations == load.generations)
        #expect(try await feed.load("B").lost == [:])
    }

    @Test(arguments: Feed.Way.allCases)
    func `it is announced, also of scenes that had no images`(_ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        let api = ImageAPI(session: feed.writer)

        try await api.regenerate([1])
        let ofImages = try await feed.heard().map(\.summary)
        try await api.regenerate([8, 9])
        let ofNone = try await feed.heard()

        #expect(ofImages == ["delete A 2 rows: gone 1/0 1/1, lost 1"])
        #expect(ofNone.count == 1)
        #expect(ofNone.first?.project == Names.id("A"))
        if way == .notification { #expect(ofNone.first?.lost?.map { $0[0] } == [8, 9]) }
    }

    @Test func `nothing is announced with nobody listening`() async throws {
        let feed = try await Feed(by: nil)

        try await ImageAPI(session: feed.writer).regenerate([8])

        #expect(try await feed.heardByBothWays().notification.isEmpty)
        #expect(try await feed.heardByBothWays().table.isEmpty)
    }

    @Test func `without scenes it is all that the document has or images are in`() async throws {
        let feed = try await Feed()
        let api = ImageAPI(session: feed.writer)
        try await feed.write(
            """
            UPDATE content_creation_requests SET generated_output = '{"scenes": [{"index": 5}, {}, 7, {"index": 2.0},
                {"index": 2.5}, {"index": "6"}, {"index": null}, {"index": 9e9}, {"index": true}]}' WHERE id = @A
            """)

        let before = try await api.generations()
        let regenerated = try await api.regenerate()

        #expect(before == ["1": 0, "2": 0, "5": 0, "7": 0])
        #expect(regenerated.deleted == 3)
        #expect(regenerated.generations.keys.sorted() == ["1", "2", "5", "7"])
        #expect(regenerated.generations.values.allSatisfy { $0 > 0 })
        #expect(try await api.generations() == regenerated.generations)
    }

    @Test(arguments: ["NULL", "'[]'", #"'{"scenes": {"index": 1}}'"#, "'3'", "'{}'"])
    func `a document without scenes has none`(_ document: String) async throws {
        let feed = try await Feed()
        let api = ImageAPI(session: feed.writer)
        try await feed.write("UPDATE content_creation_requests SET generated_output = \(document) WHERE id = @C")

        #expect(try await api.generations("C") == [:])
        #expect(try await api.regenerate(in: "C").generations == [:])
    }

    @Test func `a generation only grows`() async throws {
        let feed = try await Feed()
        let api = ImageAPI(session: feed.writer)
        var last: Int64 = 0

        for scenes in [[1, 2], [1], nil, [1, 1, 4]] as [[Int]?] {
            let generation = try await api.regenerate(scenes).generations["1"] ?? 0
            #expect(generation > last)
            last = generation
        }
        _ = try await feed.owner.query("SELECT scene_sync.fold_deletions()")

        #expect(try await api.generations()["1"] == last)
    }

    @Test func `a scene without images is on its own rows again once it gets some`() async throws {
        let feed = try await Feed()
        let api = ImageAPI(session: feed.writer)
        let generation = try await api.regenerate([3]).generations["3"]

        let saved = try await api.save("3/next=new@\(generation ?? 0)")

        #expect(saved.map(\.generation) == [generation])
        #expect(try await feed.load("A").lost[3] == generation)
    }

    @Test func `no scenes are none`() async throws {
        let feed = try await Feed()
        let api = ImageAPI(session: feed.writer)

        #expect(try await api.regenerate([]) == ImageAPI.Regenerated(deleted: 0, generations: [:]))
        #expect(try await api.stored().count == 3)
    }
}

extension Load {
    fileprivate var generations: [String: Int64] {
        Dictionary(uniqueKeysWithValues: lost.map { ("\($0.key)", $0.value) })
    }
}
