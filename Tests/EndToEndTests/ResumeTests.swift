import Postgres
import Testing

@Suite(.bothWays, .daemon(), .timeLimit(.minutes(2)))
struct ResumeTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    private static let tenScenes = """
        INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
        SELECT $1::uuid, scene, $2::integer, 'u' || scene || '-' || $2 FROM generate_series(1, 10) AS scene
        """

    @Test(arguments: 0...10)
    func `a connection cut after any event of a ten scene statement misses nothing`(count: Int) async throws {
        let project = try await stage.insertProject(Stage.document(scenes: 10))
        var live = try await Viewer.open(project, at: stage.daemon.port)
        try await live.read(through: "ready")
        var behind = live
        try await behind.reconnect()
        try await behind.read(through: "ready")
        try await live.reconnect()
        try await live.read(through: "ready")
        await behind.stream.cut()

        // One is cut in the midst of the live events, the other in the midst of those that it had missed.
        try await stage.write(Self.tenScenes, project, "0")
        _ = try await revision(of: project)
        for _ in 0..<count { #expect(try await live.next().event == "scene") }
        try await live.reconnect()
        try await live.read(through: "ready")
        try await behind.reconnect()
        for _ in 0..<count { #expect(try await behind.next().event == "scene") }
        try await behind.reconnect()
        try await behind.read(through: "ready")

        let expected = try await stage.expected(project)
        for viewer in [live, behind] {
            #expect(viewer.mirror.generatedOutput == expected)
            #expect(viewer.mirror.counts["snapshot"] == 1)
        }
    }

    @Test(arguments: [1, 4])
    func `who was cut within a statement hears of it although everything is as it was before`(count: Int) async throws {
        let project = try await stage.insertProject(Stage.document(scenes: 10))
        try await stage.write(Self.tenScenes, project, "0")
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let before = viewer.mirror.lastEventID
        let turned =
            "UPDATE generated_images SET image_url = reverse(image_url) WHERE content_creation_request_id = $1::uuid"

        try await stage.write(turned, project)
        for _ in 0..<count { #expect(try await viewer.next().event == "scene") }
        await viewer.stream.cut()
        try await stage.write(turned, project)
        #expect(try await revision(of: project) == before)
        try await viewer.reconnect()
        try await viewer.read(through: "ready")

        #expect(viewer.mirror.generatedOutput == (try await stage.expected(project)))
        #expect(viewer.mirror.counts["snapshot"] == 1)
    }

    @Test func `a connection that is cut after every event gets through a backlog`() async throws {
        let project = try await stage.insertProject(Stage.document(scenes: 10))
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        await viewer.stream.cut()
        for number in 0..<5 { try await stage.write(Self.tenScenes, project, "\(number)") }
        try await stage.write(
            "DELETE FROM generated_images WHERE content_creation_request_id = $1::uuid AND scene_index = 4", project)

        let now = try await revision(of: project)

        // Each time one event more, until it has come to `ready`: ten scenes have changed.
        var count = 0
        repeat {
            count += 1
            try await viewer.reconnect()
            for _ in 0..<count where !viewer.mirror.isLive { try await viewer.next() }
        } while !viewer.mirror.isLive

        #expect(count <= 11)
        #expect(viewer.mirror.lastEventID == now)
        #expect(viewer.mirror.generatedOutput == (try await stage.expected(project)))
    }

    @Test(arguments: [true, false])
    func `the current revision is answered by ready alone`(asHeader: Bool) async throws {
        let project = try await stage.insertProject()
        try await stage.save("a", scene: 1, of: project)
        let revision = try await revision(of: project)

        let events = try await resume(project, from: revision, asHeader: asHeader).events(through: "ready")

        #expect(events.names == ["ready"])
        #expect(events.first?.id == revision)
    }

    @Test(arguments: [true, false])
    func `a revision in the history is answered by what has changed since`(asHeader: Bool) async throws {
        let project = try await stage.insertProject(#"{"scenes": [{}, {"imageUrls": ["stored"]}, {}]}"#)
        let before = try await revision(of: project)
        for (url, scene) in [("a", 1), ("b", 3), ("c", 1)] {
            try await stage.save(url, scene: scene, place: url == "c" ? 1 : 0, of: project)
        }
        try await stage.write(
            "DELETE FROM generated_images WHERE content_creation_request_id = $1::uuid AND scene_index = 3", project)
        let now = try await revision(of: project)

        let events = try await resume(project, from: before, asHeader: asHeader).events(through: "ready")

        #expect(events.names == ["scene", "scene", "ready"])
        #expect(events.map(\.id) == [nil, now, now])
        let urls = try events.dropLast().map { try JSONReader.read($0.data)["imageUrls"]?.text }
        #expect(Set(urls) == [#"["a", "c"]"#, "[]"])
    }

    @Test func `a change of the document since is answered by a snapshot`() async throws {
        let project = try await stage.insertProject()
        let before = try await revision(of: project)
        try await stage.save("a", scene: 1, of: project)
        try await stage.write(
            "UPDATE content_creation_requests SET generated_output = '{\"scenes\": [{}]}' WHERE id = $1::uuid", project)
        _ = try await revision(of: project)

        let events = try await resume(project, from: before, asHeader: true).events(through: "ready")

        #expect(events.names == ["snapshot", "ready"])
    }

    @Test(arguments: [
        "AAAAAAAAAAAAAAAAAAAAAA", "x", "0", "null", "🦄", "a b", "<script>", String(repeating: "A", count: 5_000), "\"",
        "-",
    ])
    func `any other id is answered by a snapshot`(id: String) async throws {
        let project = try await stage.insertProject()
        try await stage.save("a", scene: 1, of: project)
        let expected = try await stage.expected(project)

        for asHeader in [true, false] {
            let events = try await resume(project, from: id, asHeader: asHeader).events(through: "ready")
            #expect(events.names == ["snapshot", "ready"])
            var mirror = ProjectMirror(of: project)
            for event in events { try mirror.apply(event) }
            #expect(mirror.generatedOutput == expected)
        }
    }

    @Test func `another project's revision is answered by a snapshot`() async throws {
        let (project, other) = (try await stage.insertProject(), try await stage.insertProject(#"{"other": 1}"#))
        let revision = try await revision(of: other)

        let events = try await resume(project, from: revision, asHeader: true).events(through: "ready")

        #expect(events.names == ["snapshot", "ready"])
    }

    /// The snapshot of one who comes with an unknown id is from a load made after the request came in.
    @Test func `an unknown id is answered by what the database holds then`() async throws {
        let project = try await stage.insertProject()
        _ = try await revision(of: project)

        for number in 1...20 {
            try await stage.save("u\(number)", scene: 1, place: number, of: project)
            let events = try await resume(project, from: "unknown", asHeader: true).events(through: "ready")
            #expect(events.first?.data.contains("\"u\(number)\"]") == true, "after insert \(number)")
        }
    }

    /// The daemon has applied all that was committed before.
    private func revision(of project: String) async throws -> String {
        let read = try await stage.client.get("/v1/projects/\(project)", ["Cache-Control": "no-cache"])
        return try #require(read.etag).filter { $0 != "\"" }
    }

    private func resume(_ project: String, from id: String, asHeader: Bool) async throws -> EventStream {
        let target = "/v1/projects/\(project)/events"
        if asHeader { return try await EventStream.open(port: stage.daemon.port, target, lastEventID: id) }
        let encoded = id.utf8.map { byte in
            let isPlain =
                byte < 128 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return try await EventStream.open(
            port: stage.daemon.port, target + "?last_event_id=" + encoded.joined())
    }
}
