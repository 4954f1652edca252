import Postgres
import Testing

@Suite(.bothWays, .daemon("--heartbeat", "1"), .timeLimit(.minutes(2)))
struct FilterTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    @Test func `a filtered stream tells of its scenes only`() async throws {
        let project = try await stage.insertProject(Stage.document(scenes: 5))
        var viewer = try await Viewer.open(
            project, at: stage.daemon.port, query: "?scene_index=1&scene_index=3&scene_index=1")
        let opening = try await viewer.read(through: "ready")

        // One after the other: changes that arrive together are one batch.
        var told: [String] = []
        for scene in [2, 1, 4, 5, 3, -1] {
            try await stage.save("u\(scene)", scene: scene, of: project)
            if [1, 3].contains(scene) { told.append(try Self.told(by: try await viewer.next())) }
        }
        try await stage.write(
            """
            INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
            SELECT $1::uuid, scene, 1, 'v' || scene FROM generate_series(1, 5) AS scene
            """, project)
        for _ in 0..<2 { told.append(try Self.told(by: try await viewer.next())) }
        try await stage.write(
            "UPDATE content_creation_requests SET generated_output = '{\"scenes\": []}' WHERE id = $1::uuid", project)

        #expect(opening.names == ["snapshot", "ready"])
        #expect(told == [#"1 ["u1"] id"#, #"3 ["u3"] id"#, #"1 ["u1", "v1"] "#, #"3 ["u3", "v3"] id"#])
        #expect(try await viewer.next().event == "snapshot")
    }

    @Test func `its id follows the project at the heartbeat, and resumes`() async throws {
        let project = try await stage.insertProject(Stage.document(scenes: 5))
        var viewer = try await Viewer.open(project, at: stage.daemon.port, query: "?scene_index=1")
        try await viewer.read(through: "ready")
        let before = await viewer.stream.lastEventID

        try await stage.save("elsewhere", scene: 2, of: project)
        let read = try await stage.client.get("/v1/projects/\(project)", ["Cache-Control": "no-cache"])
        let current = try #require(read.etag).filter { $0 != "\"" }
        let stream = viewer.stream
        try await eventually("the id follows") {
            try await stream.waitForComments(await stream.comments + 1, within: .seconds(5))
            return await stream.lastEventID == current
        }
        await stream.cut()
        viewer = try await Viewer.open(
            project, at: stage.daemon.port, query: "?scene_index=1", lastEventID: await stream.lastEventID)
        let resumed = try await viewer.stream.events(through: "ready")

        #expect(before != current)
        #expect(resumed.names == ["ready"])
        #expect(resumed.map(\.id) == [current])
        try await stage.save("here", scene: 1, of: project)
        #expect(try await viewer.stream.next()?.event == "scene")
    }

    @Test func `it resumes with what its scenes have missed`() async throws {
        let project = try await stage.insertProject(Stage.document(scenes: 5))
        var viewer = try await Viewer.open(project, at: stage.daemon.port, query: "?scene_index=1&scene_index=9")
        try await viewer.read(through: "ready")
        await viewer.stream.cut()

        for (number, scene) in [2, 1, 3, 1, 9, 2].enumerated() {
            try await stage.save("u\(number)", scene: scene, place: number, of: project)
        }
        try await eventually("the daemon has seen all") {
            try await stage.client.get("/v1/projects/\(project)").generatedOutput(of: project)
                == stage.expected(project)
        }
        try await viewer.reconnect()
        let events = try await viewer.read(through: "ready")

        #expect(events.names == ["scene", "scene", "ready"])
        let data = try events.dropLast().map { try JSONReader.read($0.data) }
        #expect(data.map { $0["scene_index"]?.int } == [1, 9])
        #expect(data.map { $0["imageUrls"]?.text } == [#"["u1", "u3"]"#, #"["u4"]"#])
    }

    private static func told(by event: ServerSentEvent) throws -> String {
        let data = try JSONReader.read(event.data)
        return "\(data["scene_index"]?.text ?? "") \(data["imageUrls"]?.text ?? "") \(event.id == nil ? "" : "id")"
    }
}
