import Postgres
import PostgresTestSupport
import Testing

/// What the app does to its table later on.
@Suite(.database(.sceneSync), .timeLimit(.minutes(1)))
struct WidenedTableTests {
    @Test(arguments: ["notify", "table"])
    func `writers go on where the index of an image has become a bigint`(doorbell: String) async throws {
        let stage = try await Stage.start(["--doorbell", doorbell])
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        try await stage.admin.query("ALTER TABLE generated_images ALTER image_index TYPE bigint")

        for place in 0..<3 { try await stage.save("a", scene: 1, place: place, of: project) }
        for change in ["UPDATE generated_images SET image_url = 'b'", "DELETE FROM generated_images"] {
            try await stage.write("\(change) WHERE content_creation_request_id = $1::uuid AND image_index > 0", project)
            try await viewer.read(to: try await stage.expected(project))
        }
    }

    /// Where no trigger would have refused it.
    @Test func `an index that is too large makes nothing stale but its project`() async throws {
        let stage = try await Stage.start(["--audit-interval", "1"])
        let odd = try await stage.insertProject()
        let other = try await stage.insertProject()
        for project in [odd, other] { _ = try await stage.client.get("/v1/projects/\(project)") }
        try await stage.admin.run(
            script: """
                ALTER TABLE generated_images ALTER image_index TYPE bigint;
                SET session_replication_role = replica;
                INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
                VALUES ('\(odd)', 1, 3000000000, 'far');
                """)

        try await stage.daemon.logLine(containing: "a project cannot be compared")
        let read = try await stage.client.get("/v1/projects/\(other)")

        #expect(read["Cache-Status"] == "scenesync; hit")
        #expect(try await stage.metric("scenesync_database_reconnects_total") == 0)
    }
}
