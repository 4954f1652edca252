import Logging
import Postgres

/// Workers that save images as image generators do: several at a time, with pauses, and now and then a scene anew.
struct DemoWriters {
    private static let imagesPerScene = 3
    private static let workersPerProject = 3
    private static let pause = 500...2_500

    let connectionString: String
    let logger: Logger

    /// Writes until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for project in DemoProject.all where !project.isOldStyle {
                for worker in 1...Self.workersPerProject {
                    group.addTask { await write(project, worker) }
                }
            }
        }
    }

    private func write(_ project: DemoProject, _ worker: Int) async {
        while !Task.isCancelled {
            do {
                let session = try await Session.open(
                    ConnectionSettings(connectionString), on: try PollLoop.start(name: "writer"))
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(Int.random(in: Self.pause)))
                    try await save(project, session)
                }
            } catch {
                logger.debug("a demo's writer starts again: \(error)")
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Saves an image at the next free place of a scene; a full scene is sometimes regenerated.
    private func save(_ project: DemoProject, _ session: Session) async throws {
        let scene = "\(Int.random(in: 1...project.prompts.count))"
        let name = "\(project.id.prefix(8))-\(scene)-\(Int.random(in: 0..<1_000_000))"
        let saved = try await session.query(
            """
            INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
            SELECT $1::uuid, $2::integer, count(*), $3
            FROM generated_images
            WHERE content_creation_request_id = $1::uuid AND scene_index = $2::integer
            HAVING count(*) < \(Self.imagesPerScene)
            ON CONFLICT DO NOTHING
            """, [project.id, scene, "/demo/pictures/\(name).svg"])
        if saved.affected == 0 && Int.random(in: 0..<8) == 0 {
            try await session.query(
                "DELETE FROM generated_images WHERE content_creation_request_id = $1::uuid AND scene_index = $2::integer",
                [project.id, scene])
        }
    }
}
