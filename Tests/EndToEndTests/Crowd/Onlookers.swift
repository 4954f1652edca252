import Postgres
import PostgresTestSupport
import Testing

/// Ordinary readers of other projects, who measure how long it takes until they see what is saved.
struct Onlookers: Sendable {
    private static let pause = Duration.milliseconds(50)

    private static let upsert =
        Stage.insertion + """
             ON CONFLICT (content_creation_request_id, scene_index, image_index)
            DO UPDATE SET image_url = EXCLUDED.image_url
            """

    private let stage: Stage
    private let projects: [(id: String, readers: OnlookerSockets)]

    static func open(_ count: Int, on stage: Stage) async throws -> Onlookers {
        var projects: [(String, OnlookerSockets)] = []
        for _ in 0..<20 {
            let id = try await stage.insertProject()
            projects.append((id, try await OnlookerSockets.open(count / 20, "/v1/projects/\(id)/events", on: stage)))
        }
        return Onlookers(stage: stage, projects: projects)
    }

    /// While something is done, saves an image now and then. Returns within which time 99 of 100 readers had seen theirs.
    func watch(during work: () async throws -> Void) async throws -> Duration {
        let measuring = Task { try await measure() }
        try await work()
        measuring.cancel()
        let times = try await measuring.value.sorted()
        return try #require(times.isEmpty ? nil : times[times.count * 99 / 100])
    }

    private func measure() async throws -> [Duration] {
        let session = try await stage.database.open(as: .writer)
        var times: [Duration] = []
        var number = 0
        repeat {
            let project = projects[number % projects.count]
            number += 1
            // Neither is cut off in its middle.
            times += try await Task {
                async let seen = project.readers.times(until: "event: scene")
                let url = "https://example.org/\(UInt64.random(in: 0...UInt64.max))"
                try await session.query(Self.upsert, [project.id, "1", "0", url])
                return try await seen
            }.value
            try? await Task.sleep(for: Self.pause)
        } while !Task.isCancelled
        await session.close()
        return times
    }
}
