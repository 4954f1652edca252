import Logging
import Postgres

/// Workers that save by plain SQL, each in a transaction that is open for as long as its pictures take: beside each other,
/// as the pages show.
struct DemoSessions {
    private static let perProject = 2
    private static let pictures = 1...3
    private static let each = 150...900
    private static let pause = 1_500...6_000
    private static let insertion = """
        INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
        VALUES ($1::uuid, $2::integer, $3::integer, $4)
        ON CONFLICT (content_creation_request_id, scene_index, image_index) DO UPDATE SET image_url = excluded.image_url
        """

    let database: String
    let logger: Logger

    /// Writes until the task is cancelled.
    func run() async {
        do {
            let loop = try PollLoop.start(name: "demo-writers")
            await withDiscardingTaskGroup { group in
                for project in DemoProject.all where !project.isOldStyle {
                    for _ in 0..<Self.perProject {
                        group.addTask { await write(project, on: loop) }
                    }
                }
            }
        } catch {
            logger.debug("the demo's sessions do not write: \(error)")
        }
    }

    private func write(_ project: DemoProject, on loop: PollLoop) async {
        while !Task.isCancelled {
            do {
                let session = try await Session.open(ConnectionSettings(database), on: loop)
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(Int.random(in: Self.pause)))
                    try await save(project, by: session)
                }
            } catch {
                logger.debug("a demo's session has not saved: \(error)")
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// One scene's pictures, at its first places in their order: who takes them in one order waits for nobody in a ring.
    private func save(_ project: DemoProject, by session: Session) async throws {
        let scene = Int.random(in: 1...project.prompts.count)
        try await session.query("BEGIN")
        for place in 0..<Int.random(in: Self.pictures) {
            try await Task.sleep(for: .milliseconds(Int.random(in: Self.each)))
            let name = "\(project.id.prefix(8))-\(scene)-\(Int.random(in: 0..<1_000_000))"
            try await session.query(
                Self.insertion, [project.id, "\(scene)", "\(place)", "/demo/pictures/\(name).svg"])
        }
        try await session.query("COMMIT")
    }
}
