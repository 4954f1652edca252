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
}
