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
    /// Each with the streams of its readers.
    private let projects: [(id: String, streams: [EventStream])]

    static func open(_ count: Int, on stage: Stage) async throws -> Onlookers {
        var projects: [(String, [EventStream])] = []
        for _ in 0..<20 {
            let id = try await stage.insertProject()
            var streams: [EventStream] = []
            for _ in 0..<count / 20 {
                let stream = try await EventStream.open(port: stage.daemon.port, "/v1/projects/\(id)/events")
                _ = try await stream.events(through: "ready")
                streams.append(stream)
            }
            projects.append((id, streams))
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
            let begin = ContinuousClock.now
            // Neither is cut off in its middle.
            times += try await Task {
                let url = "https://example.org/\(UInt64.random(in: 0...UInt64.max))"
                try await session.query(Self.upsert, [project.id, "1", "0", url])
                return try await withThrowingTaskGroup(of: Duration.self) { group in
                    for stream in project.streams {
                        group.addTask {
                            _ = try await stream.nextEvent(named: "scene", within: .seconds(30))
                            return ContinuousClock.now - begin
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }.value
            try? await Task.sleep(for: Self.pause)
        } while !Task.isCancelled
        await session.close()
        return times
    }
}
