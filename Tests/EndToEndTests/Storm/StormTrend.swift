import Synchronization

/// What a daemon holds of the machine, and how long deliveries take, from the storm's beginning to its end.
final class StormTrend: Sendable {
    private struct State {
        var memory = Series("MiB", tolerance: (0.1, 4))
        var descriptors = Series("descriptors", tolerance: (0, 8))
        var threads = Series("threads", tolerance: (0, 2))
        var delivery = Series("ms a delivery", tolerance: (0.5, 10))
        var delivered = (seconds: 0.0, count: 0.0)

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
        let client = daemon.client()
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.pause)
            guard let footprint = try? await Footprint.take(of: daemon, connections: 0),
                let metrics = try? await client.get("/metrics").text
            else { continue }
            let seconds = Self.value(of: "scenesync_delivery_seconds_sum", in: metrics)
            let count = Self.value(of: "scenesync_delivery_seconds_count", in: metrics)
            state.withLock { state in
                state.memory.add(Double(footprint.memory_bytes) / 1_048_576)
                state.descriptors.add(Double(footprint.descriptors))
                state.threads.add(Double(footprint.threads))
                let delivered = count - state.delivered.count
                if delivered > 0 { state.delivery.add((seconds - state.delivered.seconds) / delivered * 1_000) }
                state.delivered = (seconds, count)
            }
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

    private static func value(of name: String, in metrics: String) -> Double {
        let line = metrics.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
        return line?.split(separator: " ").last.flatMap { Double($0) } ?? 0
    }
}
