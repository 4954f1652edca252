import Postgres
import PostgresTestSupport
import Testing

/// With daemons of their own: by which way changes come, and a database that is taken away.
@Suite(.timeLimit(.minutes(1)))
struct ExplainWayTests {
    @Test(.database(.sceneSync), arguments: [("notify", "notification"), ("table", "table")])
    func `it is told by which way a change has come`(doorbell: String, way: String) async throws {
        let stage = try await Stage.start(["--doorbell", doorbell])
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")

        try await stage.save("https://example.com/1.png", scene: 1, of: project)
        try await viewer.read(through: "scene")
        let answer = try await stage.client.get("/v1/explain?project=\(project)&scene_index=1")

        let steps = try #require(answer.json?["changes"]?.elements?.last?["steps"]?.elements)
        #expect(steps.compactMap { $0["way"]?.plainString } == [way])
    }

    @Test func `with the database away it is told what memory has`() async throws {
        let server = try await Server.start()
        try await Database.with(.sceneSync, on: server) { database in
            let stage = try await Stage.start(on: database)
            let project = try await stage.insertProject()
            _ = try await stage.client.get("/v1/projects/\(project)")
            try await stage.save("https://example.com/1.png", scene: 1, of: project)
            let path = "/v1/explain?project=\(project)&scene_index=1"
            try await eventually("it has come") {
                try await stage.client.get("/v1/projects/\(project)").text.contains("/1.png")
            }

            try await server.stop(.fast)
            try await stage.daemon.logLine(containing: "stale: ")
            let answer = try await stage.client.get(path)

            #expect(answer.status == 200)
            #expect(answer.json?["feed"]?.plainString == "stale")
            #expect(answer.json?["cache"]?["image_url"]?.plainString == "https://example.com/1.png")
            #expect(answer.json?["cache"]?["is_live"]?.text == "false")
            #expect(answer.json?["database"]?["error"] != nil)
            let summary = try #require(answer.json?["summary"]?.text)
            #expect(summary.contains("The database could not be asked: "))
            #expect(summary.contains("The database is lost since "))
            _ = await stage.daemon.stop()
            try await server.start()
        }
    }
}
