import Postgres
import PostgresTestSupport
import Testing

@Suite(.daemon(), .timeLimit(.minutes(1)))
struct ExplainTests {
    private func explain(
        _ stage: Stage, _ project: String, scene: Int, image: Int = 0
    ) async throws -> (text: String, json: JSONNode) {
        let answer = try await stage.client.get(
            "/v1/explain?project=\(project)&scene_index=\(scene)&image_index=\(image)")
        #expect(answer.status == 200, "\(answer.text)")
        return (answer.text, try JSONReader.read(answer.text))
    }

    /// The project's own insertion may be heard of after it was first loaded, or not.
    private func changes(_ json: JSONNode) -> [JSONNode] {
        (json["changes"]?.elements ?? []).filter { $0["operation"]?.plainString != "project_insert" }
    }

    @Test func `an image that was saved is followed from the writer to the subscribers`() async throws {
        let stage = try Stage.current
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let writer = try await stage.database.open(as: .writer)
        let pid = try await writer.query("SELECT pg_backend_pid()").int64(0, 0)

        try await writer.query("BEGIN")
        try await writer.query(Stage.insertion, [project, "2", "1", "https://example.com/1.png"])
        try await writer.query("COMMIT")
        try await viewer.read(through: "scene")
        let (text, json) = try await explain(stage, project, scene: 2, image: 1)

        let change = try #require(changes(json).first)
        #expect(changes(json).count == 1)
        #expect(change["operation"]?.plainString == "insert")
        #expect(change["outcome"]?.plainString == "applied")
        #expect(change["image_url"]?.plainString == "https://example.com/1.png")
        #expect(change["backend_pid"]?.text == pid.map { "\($0)" })
        let steps = try #require(change["steps"]?.elements)
        #expect(steps.compactMap { $0["step"]?.plainString } == ["began", "written", "announced", "applied", "sent"])
        let after = steps.compactMap { $0["after_seconds"].flatMap { Double($0.text) } }
        try #require(after.count == 5)
        #expect(after[0] < 0 && after[1] == 0 && after[2] > 0 && after[2] <= after[3] && after[3] <= after[4])
        #expect(after[4] < 10)
        #expect(steps[4]["subscribers"]?.text == "1")
        #expect(steps[4]["of"]?.text == "1")
        #expect(json["cache"]?["image_url"]?.plainString == "https://example.com/1.png")
        #expect(json["database"]?["image_url"]?.plainString == "https://example.com/1.png")
        #expect(
            json["summary"]?.plainString?.contains("applied and sent to 1 subscriber. The database and memory agree.")
                == true)
        #expect(text.split(separator: "\n").count > 20)
    }

    @Test func `sent are those whom it was handed to, not all who watch`() async throws {
        let stage = try Stage.current
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let elsewhere = try await EventStream.open(
            port: stage.daemon.port, "/v1/projects/\(project)/events?scene_index=3")
        _ = try await elsewhere.events(through: "ready")

        try await stage.save("https://example.com/1.png", scene: 1, of: project)
        try await viewer.read(through: "scene")
        let json = try await explain(stage, project, scene: 1).json

        let sent = try #require(changes(json).last?["steps"]?.elements?.last)
        #expect(sent["step"]?.plainString == "sent")
        #expect(sent["subscribers"]?.text == "1")
        #expect(sent["of"]?.text == "2")
        #expect(json["summary"]?.plainString?.contains("sent to 1 of 2 subscribers") == true)
    }

    @Test func `where nobody watches nothing was sent`() async throws {
        let stage = try Stage.current
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")

        try await stage.save("https://example.com/1.png", scene: 1, of: project)
        // Not by what is explained: to ask the database for that may be sooner than the announcement.
        try await eventually("it has come") {
            try await stage.client.get("/v1/projects/\(project)").text.contains("/1.png")
        }
        let json = try await explain(stage, project, scene: 1).json

        let steps = changes(json).last?["steps"]?.elements?.compactMap { $0["step"]?.plainString }
        #expect(steps == ["began", "written", "announced", "applied"])
        #expect(json["summary"]?.plainString?.contains("nobody was there to be sent it") == true)
    }

    @Test func `who sees an image may ask by what is shown`() async throws {
        let stage = try Stage.current
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")
        for place in [2, 7] { try await stage.save("at \(place)", scene: 1, place: place, of: project) }
        try await eventually("both are known") {
            try await explain(stage, project, scene: 1, image: 7).json["cache"]?["image_url"]?.plainString == "at 7"
        }

        let shown = try await stage.client.get("/v1/explain?project=\(project)&scene_index=1&shown_at=1")
        let none = try await stage.client.get("/v1/explain?project=\(project)&scene_index=1&shown_at=5")

        #expect(shown.json?["image_index"]?.int == 7)
        #expect(shown.json?["cache"]?["image_url"]?.plainString == "at 7")
        #expect(none.json?["image_index"]?.int == 5)
        #expect(none.json?["cache"]?["image_url"]?.text == "null")
    }

    @Test func `a deletion is told, and what the place had before`() async throws {
        let stage = try Stage.current
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")

        try await stage.save("a", scene: 1, of: project)
        try await stage.write(
            "DELETE FROM generated_images WHERE content_creation_request_id = $1::uuid", project)
        try await eventually("both are known") {
            changes(try await explain(stage, project, scene: 1).json).count == 2
        }
        let json = try await explain(stage, project, scene: 1).json

        #expect(
            changes(json).compactMap { $0["says"]?.plainString } == [
                "the image is this one", "there is no image",
            ])
        #expect(json["cache"]?["image_url"]?.text == "null")
        #expect(json["cache"]?["is_on_fallback"]?.text == "false")
        #expect(json["summary"]?.plainString?.contains("Neither the database nor memory has an image here.") == true)
    }

    @Test func `of what was never in memory it says what the database has`() async throws {
        let stage = try Stage.current
        let project = try await stage.insertProject()
        try await stage.save("https://example.com/cold.png", scene: 1, of: project)

        let json = try await explain(stage, project, scene: 1).json

        #expect(json["cache"]?.text == "null")
        #expect(json["changes"]?.elements?.isEmpty == true)
        #expect(json["database"]?["image_url"]?.plainString == "https://example.com/cold.png")
        #expect(json["summary"]?.plainString?.contains("not in memory") == true)
    }

    @Test func `images of a scene that the document does not have are said to appear nowhere`() async throws {
        let stage = try Stage.current
        let project = try await stage.insertProject()
        try await stage.save("a", scene: 99, of: project)
        _ = try await stage.client.get("/v1/projects/\(project)")

        let json = try await explain(stage, project, scene: 99).json

        #expect(json["summary"]?.plainString?.contains("appear nowhere") == true)
        #expect(json["cache"]?["positions"]?.elements?.isEmpty == true)
    }

    @Test func `a write that was not announced is seen as such`() async throws {
        let stage = try Stage.current
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")

        try await stage.admin.query("SET session_replication_role = replica")
        try await stage.admin.query(
            "INSERT INTO generated_images (content_creation_request_id, scene_index, image_url) VALUES ($1::uuid, 1, 'a')",
            [project])
        try await stage.admin.query("RESET session_replication_role")
        let json = try await explain(stage, project, scene: 1).json

        #expect(json["cache"]?["image_url"]?.text == "null")
        #expect(json["database"]?["image_url"]?.plainString == "a")
        #expect(json["summary"]?.plainString?.contains("was not announced") == true)
        #expect(try await viewer.next().event == "scene")
    }

    @Test(arguments: [
        ("", 400), ("?project=x&scene_index=1", 400), ("?project=\(unknown)", 400),
        ("?project=\(unknown)&scene_index=x", 400), ("?project=\(unknown)&scene_index=1&image_index=1.5", 400),
        ("?project=\(unknown)&scene_index=1", 404),
        ("?project=\(unknown)&scene_index=1&shown_at=-1", 400), ("?project=\(unknown)&scene_index=1&shown_at=x", 400),
    ])
    func `what cannot be asked is refused`(query: String, status: Int) async throws {
        let answer = try await Stage.current.client.get("/v1/explain\(query)")

        #expect(answer.status == status)
        #expect(answer["Content-Type"] == "application/problem+json")
    }

    private static let unknown = "00000000-0000-4000-8000-000000000000"
}
