import Postgres
import PostgresTestSupport
import Testing

@Suite(.bothWays, .daemon("--heartbeat", "1"), .timeLimit(.minutes(2)))
struct StreamTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    @Test func `a stream begins with its headers, retry, the snapshot and ready`() async throws {
        let project = try await stage.insertProject()
        let stream = try await EventStream.open(
            port: stage.daemon.port, "/v1/projects/\(project.uppercased())/events", isRecorded: true)
        let events = try await stream.events(through: "ready")
        let read = try await stage.client.get("/v1/projects/\(project)")

        let revision = try #require(read.etag).filter { $0 != "\"" }
        #expect(stream.head["Content-Type"] == "text/event-stream")
        #expect(stream.head["Cache-Control"] == "no-cache, no-transform")
        #expect(stream.head["X-Accel-Buffering"] == "no")
        #expect(stream.head["Content-Length"] == nil)
        #expect(stream.head["Content-Encoding"] == nil)
        #expect(String(decoding: await stream.raw, as: UTF8.self).prefixMatch(of: /retry: [0-9]+\n\n/) != nil)
        #expect(events.names == ["snapshot", "ready"])
        #expect(events.map(\.id) == [revision, revision])
        #expect(events.first?.data == "{\"project\": \(read.text), \"revision\": \"\(revision)\"}")
        #expect(events.last?.data == "{\"project_id\": \"\(project)\", \"revision\": \"\(revision)\"}")
    }

    @Test func `a heartbeat is a comment, about once a second`() async throws {
        let project = try await stage.insertProject()
        let stream = try await EventStream.open(port: stage.daemon.port, "/v1/projects/\(project)/events")
        _ = try await stream.events(through: "ready")
        try await stream.waitForComments(1, within: .seconds(5))

        let begin = ContinuousClock.now
        try await stream.waitForComments(4, within: .seconds(10))

        let time = ContinuousClock.now - begin
        #expect(time > .seconds(2) && time < .seconds(6), "\(time) for three heartbeats")
    }

    @Test(arguments: StreamStatement.all)
    func `a change is told as what it has made of the scenes`(statement: StreamStatement) async throws {
        let project = try await stage.insertProject(statement.document)
        for sql in statement.before { try await stage.write(sql, project) }
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")

        try await stage.write(statement.sql, project)
        var told: [String] = []
        for _ in statement.events { told.append(Self.summary(try await viewer.next())) }
        // What follows shows that nothing else came before.
        try await stage.save("end", scene: 1_000, of: project)
        told.append(Self.summary(try await viewer.next()))

        #expect(told == statement.events + [#"scene 1000 [] ["end"] id"#])
        let read = try await stage.client.get("/v1/projects/\(project)")
        #expect(viewer.mirror.generatedOutput == (try await stage.expected(project)))
        #expect(read.generatedOutput(of: project) == viewer.mirror.generatedOutput)
        #expect(read.etag == "\"\(viewer.mirror.lastEventID ?? "")\"")
    }

    /// `scene 3 [2] ["a"]`, and `id` if the event has one.
    private static func summary(_ event: ServerSentEvent) -> String {
        guard let data = try? JSONReader.read(event.data) else { return "no JSON" }
        let parts = ["scene_index", "positions", "imageUrls"].compactMap { data[$0]?.text }
        return ([event.event] + parts + (event.id == nil ? [] : ["id"])).joined(separator: " ")
    }

    @Test func `a row that moves to another project is told to both`() async throws {
        let (old, new) = (try await stage.insertProject(), try await stage.insertProject())
        try await stage.save("a", scene: 1, of: old)
        var before = try await Viewer.open(old, at: stage.daemon.port)
        var after = try await Viewer.open(new, at: stage.daemon.port)
        try await before.read(through: "ready")
        try await after.read(through: "ready")

        try await stage.write(
            "UPDATE generated_images SET content_creation_request_id = $2::uuid WHERE content_creation_request_id = $1::uuid",
            old, new)

        #expect(Self.summary(try await before.next()) == "scene 1 [0] [] id")
        #expect(Self.summary(try await after.next()) == #"scene 1 [0] ["a"] id"#)
    }

    @Test func `only what is committed is told`() async throws {
        let project = try await stage.insertProject()
        let writer = try await stage.database.open(as: .writer)
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")

        try await writer.query("BEGIN")
        try await writer.query(Stage.insertion, [project, "1", "0", "rolled back"])
        try await writer.query("ROLLBACK")
        try await writer.query("BEGIN")
        try await writer.query(Stage.insertion, [project, "2", "0", "kept"])
        try await writer.query("SAVEPOINT s")
        try await writer.query(Stage.insertion, [project, "3", "0", "rolled back"])
        try await writer.query("ROLLBACK TO s")
        try await stage.save("other", scene: 1, place: 1, of: project)
        let whileOpen = try await viewer.next()
        try await writer.query("COMMIT")

        #expect(Self.summary(whileOpen) == #"scene 1 [0] ["other"] id"#)
        #expect(Self.summary(try await viewer.next()) == #"scene 2 [1] ["kept"] id"#)
        #expect(viewer.mirror.generatedOutput == (try await stage.expected(project)))
    }

    @Test(arguments: [
        "DELETE FROM content_creation_requests WHERE id = $1::uuid",
        "UPDATE content_creation_requests SET id = gen_random_uuid() WHERE id = $1::uuid",
    ])
    func `a project that goes is told as deleted, and its streams end`(sql: String) async throws {
        let project = try await stage.insertProject()
        if sql.hasPrefix("DELETE") { try await stage.save("a", scene: 1, of: project) }
        var viewers: [Viewer] = []
        for query in ["", "?scene_index=2"] {
            var viewer = try await Viewer.open(project, at: stage.daemon.port, query: query)
            try await viewer.read(through: "ready")
            viewers.append(viewer)
        }

        try await stage.write(sql, project)

        for var viewer in viewers {
            try await viewer.read(through: "deleted")
            try await viewer.stream.waitForEnd()
        }
        try await eventually("404") {
            try await stage.client.get("/v1/projects/\(project)/events", within: .seconds(2)).status == 404
        }
    }

    @Test func `HEAD is answered like GET, without a stream`() async throws {
        let project = try await stage.insertProject()

        let answers = try await stage.client.pipeline([
            ("HEAD", "/v1/projects/\(project)/events"), ("GET", "/v1/projects/\(project)"),
        ])

        #expect(answers.map(\.status) == [200, 200])
        #expect(answers.first?["Content-Type"] == "text/event-stream")
        #expect(answers.first?["Cache-Control"] == "no-cache, no-transform")
    }
}
