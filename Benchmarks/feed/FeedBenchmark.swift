import ProjectSync

/// Measures the feed's own way of a change on one core: from the bytes of a payload to the frame that is published.
///
///     FeedBenchmark [SCENARIO [CHANGES [REPETITIONS]]]
@main
enum FeedBenchmark {
    static let scenarios = [
        Scenario("decode", path: .decode),
        Scenario("cold", path: .apply, projects: 0),
        Scenario("unwatched", path: .apply, watched: false),
        Scenario("watched", path: .apply),
        Scenario("watched-batch", path: .apply, batch: 100),
        Scenario("watched-40", path: .apply, images: 40),
        Scenario("scenes-10", path: .apply, projects: 1, scenes: 10),
        Scenario("scenes-10000", path: .apply, projects: 1, scenes: 10_000),
        Scenario("images-1000", path: .apply, projects: 1, scenes: 1, images: 1_000),
        Scenario("snapshot-1000", path: .snapshot, projects: 1, scenes: 1, images: 1_000),
    ]

    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        let chosen = arguments.first.map { name in scenarios.filter { $0.name == name } } ?? scenarios
        let numbers = arguments.dropFirst().compactMap(Int.init)
        let changes = numbers.first ?? 20_000
        let repetitions = numbers.dropFirst().first ?? 9
        print(row("scenario", ["changes/s", "us", "least us", "frame bytes"]))
        for scenario in chosen {
            var bench = Bench(scenario)
            // The first ones fill the history, so that from then on each change drops what it adds.
            let count = max(changes / scenario.weight, 1)
            for _ in 0..<(repetitions > 1 ? 2 : 0) { _ = bench.run(count) }
            let times = (0..<repetitions).map { _ in bench.run(count) / count }.sorted()
            let median = times[times.count / 2]
            print(
                row(
                    scenario.name,
                    [
                        String(Int(.seconds(1) / median)), microseconds(median), microseconds(times[0]),
                        String(bench.audience.lastFrame_bytes),
                    ]))
        }
    }

    private static func row(_ name: String, _ columns: [String]) -> String {
        columns.reduce(name + String(repeating: " ", count: 16 - name.count)) {
            $0 + String(repeating: " ", count: 12 - $1.count) + $1
        }
    }

    private static func microseconds(_ duration: Duration) -> String {
        let hundredths = Int(duration / .nanoseconds(10))
        return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
    }
}
