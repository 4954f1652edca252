import Postgres
import PostgresTestSupport
import Synchronization

/// What a daemon holds of the machine, and how long deliveries take, from the storm's beginning to its end.
final class StormTrend: Sendable {
    private struct State {
        var memory = Series("MiB", tolerance: (0.1, 4))
        var descriptors = Series("descriptors", tolerance: (0, 8))
        var threads = Series("threads", tolerance: (0, 2))
        var delivery = Series("ms from commit to event", tolerance: (0.5, 10))

        var all: [Series] { [memory, descriptors, threads, delivery] }
    }

    private static let pause = Duration.seconds(5)

    private let daemon: DaemonProcess
    private let state = Mutex(State())

    init(_ daemon: DaemonProcess) {
        self.daemon = daemon
    }

    /// Until the task is cancelled.
    func run(in world: StormWorld) async {
        await withTaskGroup { group in
            group.addTask { await self.weigh() }
            group.addTask {
                // Servers are restarted, and take the session with them.
                while !Task.isCancelled { try? await self.probe(world.database) }
            }
        }
    }

    private func weigh() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.pause)
            guard let footprint = try? await Footprint.take(of: daemon, connections: 0) else { continue }
            state.withLock { state in
                state.memory.add(Double(footprint.memory_bytes) / 1_048_576)
                state.descriptors.add(Double(footprint.descriptors))
                state.threads.add(Double(footprint.threads))
            }
        }
    }

    /// From a commit that is acknowledged to its event: on a project of its own, since transactions of the storm take
    /// their time, and wait for audits.
    private func probe(_ database: Database) async throws {
        try await Task.sleep(for: Self.pause)
        let session = try await database.open(as: .writer)
        let inserted = try await session.query(
            "INSERT INTO content_creation_requests (generated_output) VALUES ($1::jsonb) RETURNING id::text",
            [Stage.document(scenes: 1)])
        guard let project = inserted.string(0, 0) else { return }
        let stream = try await EventStream.open(port: daemon.port, "/v1/projects/\(project)/events")
        for number in 1... {
            let url = "probe/\(number)"
            try await session.query(
                """
                INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
                VALUES ($1::uuid, 1, 0, $2)
                ON CONFLICT (content_creation_request_id, scene_index, image_index)
                DO UPDATE SET image_url = EXCLUDED.image_url
                """, [project, url])
            let written = ContinuousClock.now
            repeat {
                guard let event = try await stream.next(within: .seconds(30)) else { return }
                if event.data.contains("\"\(url)\"") { break }
            } while true
            let took = ContinuousClock.now - written
            state.withLock { $0.delivery.add(took / .milliseconds(1)) }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// What is not flat.
    var growths: [String] {
        state.withLock { $0.all.compactMap(\.growth) }
    }

    /// The first and the last third, and the slope of an hour.
    var text: String {
        let perHour = Double(3_600 / Self.pause.components.seconds)
        return state.withLock { state in
            "daemon \(daemon.pid): "
                + state.all.map { "\($0.text) (\(Series.text($0.slope * perHour)) an hour)" }.joined(separator: ", ")
        }
    }
}
