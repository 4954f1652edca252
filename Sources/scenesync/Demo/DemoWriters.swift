import Logging
import NIOHTTP1

/// Workers that save images as image generators do: several at a time, with pauses, and now and then a scene anew.
struct DemoWriters {
    private static let imagesPerScene = 3
    private static let workersPerProject = 3
    private static let pause = 500...2_500
    /// One in so many finds that a scene is full, and has it generated anew.
    private static let patience = 8

    private let client: DaemonClient
    private let logger: Logger

    init(url: DaemonAddress, logger: Logger) {
        client = DaemonClient(url: url, token: nil)
        self.logger = logger
    }

    /// Writes until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for project in DemoProject.all where !project.isOldStyle {
                for _ in 0..<Self.workersPerProject {
                    group.addTask { await write(project) }
                }
            }
        }
    }

    private func write(_ project: DemoProject) async {
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: .milliseconds(Int.random(in: Self.pause)))
                try await save(project)
            } catch {
                logger.debug("a demo's writer has not saved: \(error)")
            }
        }
    }

    /// Saves an image at a place that may be taken.
    private func save(_ project: DemoProject) async throws {
        let scene = Int.random(in: 1...project.prompts.count)
        let place = Int.random(in: 0..<Self.imagesPerScene)
        let name = "\(project.id.prefix(8))-\(scene)-\(Int.random(in: 0..<1_000_000))"
        let path = "/v1/projects/\(project.id)/images"
        let answer = try await client.request(
            .POST, path,
            body: """
                {"scene_index": \(scene), "image_index": \(place), "image_url": "/demo/pictures/\(name).svg"}
                """)
        switch answer.status {
        case 201: break
        case 409 where Int.random(in: 0..<Self.patience) == 0:
            _ = try await client.request(.DELETE, "\(path)?scene_index=\(scene)")
        case 409: break
        default: logger.debug("a demo's writer was answered \(answer.status)")
        }
    }
}
