import Postgres
import PostgresTestSupport
import Testing

@testable import scenesync

@Suite(.daemon(), .serialized, .timeLimit(.minutes(2)))
struct MetricsTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    @Test func `Prometheus' own tool finds nothing wrong with them`() async throws {
        let folder = try TemporaryFolder()
        let text = try await stage.client.get("/metrics").text
        _ = try folder.write(text, to: "metrics.txt")

        let check = try await Program.sh("promtool check metrics < '\(folder.path)/metrics.txt'")

        #expect(check.status == 0)
        #expect(check.text == "")
        #expect(text.split(separator: "\n").count > 100)
        #expect(!text.contains("Reported by a library."))
    }

    @Test func `the process is told as the kernel tells it`() async throws {
        let folder = "/proc/\(stage.daemon.pid)"
        let kernel = try await Program.sh(
            """
            awk '/^Max open files/ { print $4 }' \(folder)/limits; ls \(folder)/fd | wc -l
            awk '/^VmSize:/ { print $2 * 1024 } /^VmRSS:/ { print $2 * 1024 } /^Threads:/ { print $2 }' \(folder)/status
            """)
        let figures = kernel.text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        try #require(figures.count == 5, "\(kernel.text)")

        #expect(try await stage.figure("process_max_fds") == figures[0])
        #expect(try await abs(stage.figure("process_open_fds") - figures[1]) < 20)
        // A thread more may come meanwhile, whose stack and heap are reserved then.
        let address_bytes = try await stage.figure("process_virtual_memory_bytes")
        #expect(abs(address_bytes - figures[2]) < 160 * 1_048_576, "\(address_bytes) for \(figures[2])")
        let resident_bytes = try await stage.figure("process_resident_memory_bytes")
        #expect(abs(resident_bytes - figures[3]) < figures[3] / 2, "\(resident_bytes) for \(figures[3])")
        #expect(try await abs(stage.figure("process_threads") - figures[4]) <= 2)
    }

    @Test func `what goes HTTP's ordinary way is the event loops' work, in seconds`() async throws {
        let before = try await (
            stage.figure("scenesync_event_loop_ticks_total"), stage.figure("scenesync_event_loop_busy_seconds_total")
        )

        let time = try await ContinuousClock().measure {
            for _ in 0..<50 { _ = try await stage.client.get("/healthz", ["X-Odd": "yes"]) }
        }

        let ticks = try await stage.figure("scenesync_event_loop_ticks_total") - before.0
        let busy = try await stage.figure("scenesync_event_loop_busy_seconds_total") - before.1
        #expect(ticks >= 50)
        #expect(busy > 0 && busy < 8 * (time / .seconds(1)), "\(busy) s in \(time)")
    }

    @Test func `a picture that is overwritten is no late row, nor the other way round`() async throws {
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")
        try await stage.save("https://e.com/old", scene: 1, of: project)
        func counts() async throws -> [Int] {
            try await [
                stage.metric("scenesync_overwritten_images_total"), stage.metric("scenesync_late_rows_total"),
            ]
        }
        let before = try await counts()

        try await stage.write(
            "UPDATE generated_images SET image_url = 'new' WHERE content_creation_request_id = $1::uuid", project)
        try await eventually("one is counted") { try await counts() != before }
        #expect(try await counts() == [before[0] + 1, before[1]])

        let slow = try await stage.database.open(as: .writer)
        try await slow.query("BEGIN")
        try await slow.query("SELECT 1 FROM content_creation_requests LIMIT 1")
        try await stage.write("DELETE FROM generated_images WHERE content_creation_request_id = $1::uuid", project)
        try await slow.query(Stage.insertion, [project, "1", "0", "https://e.com/late"])
        try await slow.query("COMMIT")
        try await eventually("the other is") { try await counts()[1] != before[1] }
        #expect(try await counts() == [before[0] + 1, before[1] + 1])
    }

    @Test func `no label names a project`() async throws {
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")
        try await stage.save("https://e.com/a", scene: 1, of: project)
        try await eventually("the change has come") {
            try await stage.metric("scenesync_rows_changed_total", "operation=\"insert\"") >= 1
        }

        let answer = try await stage.client.get("/metrics")

        #expect(answer["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(!answer.text.contains(project))
        #expect(answer.text.contains("\nscenesync_feed_live 1\n"))
        #expect(answer.text.contains("\nscenesync_build_info{version=\"\(SceneSync.version)\"} 1\n"))
        let labels = Set(answer.text.matches(of: /[{,]([a-z_]+)="/).map { String($0.1) })
        #expect(labels == ["le", "mode", "operation", "outcome", "version"])
    }

    @Test func `hits and misses are counted`() async throws {
        let project = try await stage.insertProject()
        let before = (
            try await stage.metric("scenesync_cache_hits_total"), try await stage.metric("scenesync_cache_misses_total")
        )
        _ = try await stage.client.get("/v1/projects/\(project)")
        _ = try await stage.client.get("/v1/projects/\(project)")

        #expect(try await stage.metric("scenesync_cache_hits_total") == before.0 + 1)
        #expect(try await stage.metric("scenesync_cache_misses_total") == before.1 + 1)
    }

    @Test func `a delivery is one observation for each stream that it went to`() async throws {
        let project = try await stage.insertProject()
        var streams: [EventStream] = []
        for _ in 0..<3 {
            let stream = try await EventStream.open(port: stage.daemon.port, "/v1/projects/\(project)/events")
            _ = try await stream.events(through: "ready")
            streams.append(stream)
        }
        let before = try await stage.metric("scenesync_delivery_seconds_count")

        try await stage.save("https://e.com/a", scene: 1, of: project)
        for stream in streams { _ = try await stream.nextEvent(named: "scene") }

        try await eventually("three are observed") {
            try await stage.metric("scenesync_delivery_seconds_count") == before + 3
        }
        // On one machine, and nothing else to do.
        #expect(try await stage.metric("scenesync_delivery_seconds_bucket", "le=\"10\"") >= before + 3)
        #expect(try await stage.metric("scenesync_arrival_seconds_count") >= 1)
    }

    @Test func `rows count as statements touch them, in memory or not`() async throws {
        let (project, other) = (try await stage.insertProject(), try await stage.insertProject())
        func counts(_ name: String = "rows_changed") async throws -> [Int] {
            var counts: [Int] = []
            for operation in ["insert", "update", "delete", "truncate"] {
                counts.append(try await stage.metric("scenesync_\(name)_total", "operation=\"\(operation)\""))
            }
            return counts
        }
        let (before, heard) = (try await counts(), try await counts("notifications_received"))

        for place in 0..<3 { try await stage.save("a", scene: 1, place: place, of: project) }
        // Unchanged rows, those that a cascade takes, and all at once.
        try await stage.write(
            "UPDATE generated_images SET image_url = image_url WHERE content_creation_request_id = $1::uuid", project)
        try await stage.write("DELETE FROM content_creation_requests WHERE id = $1::uuid", project)
        try await stage.save("b", scene: 1, of: other)
        try await stage.admin.query("TRUNCATE generated_images")
        try await stage.save("c", scene: 1, of: other)

        try await eventually("the last has come") { try await counts("notifications_received")[0] >= heard[0] + 5 }
        #expect(try await zip(counts(), before).map { $0 - $1 } == [5, 3, 3, 0])
    }

    @Test func `an event counts once for each stream that is sent it`() async throws {
        let project = try await stage.insertProject()
        var viewers: [Viewer] = []
        for _ in 0..<3 {
            var viewer = try await Viewer.open(project, at: stage.daemon.port)
            try await viewer.read(through: "ready")
            viewers.append(viewer)
        }
        let before = try await stage.metric("scenesync_events_sent_total")

        try await stage.save("https://e.com/sent", scene: 1, of: project)
        for index in viewers.indices { _ = try await viewers[index].next() }

        try await eventually("three were sent") {
            try await stage.metric("scenesync_events_sent_total") >= before + 3
        }
        #expect(try await stage.metric("scenesync_events_sent_total") == before + 3)
    }

    @Test func `writes are counted by how they ended`() async throws {
        let project = try await stage.insertProject()
        let image = #"{"scene_index": 1, "image_url": "https://e.com/1"}"#
        func count(_ outcome: String, _ operation: String = "save") async throws -> Int {
            try await stage.metric("scenesync_writes_total", "operation=\"\(operation)\",outcome=\"\(outcome)\"")
        }
        let before = (try await count("done"), try await count("replayed"), try await count("conflict"))

        for _ in 0..<3 { _ = try await stage.images("POST", project, image, key: "k") }
        _ = try await stage.images("POST", project, image)
        _ = try await stage.images("DELETE", project, query: "?scene_index=1")
        let outdated = #"{"scene_index": 1, "image_url": "https://e.com/1", "generation": 0}"#
        _ = try await stage.images("POST", project, outdated)

        #expect(try await count("done") == before.0 + 1)
        #expect(try await count("replayed") == before.1 + 2)
        #expect(try await count("conflict") == before.2 + 1)
        #expect(try await count("outdated") >= 1)
        #expect(try await count("done", "regenerate") >= 1)
    }
}

extension Stage {
    /// The value of a metric with these labels.
    func metric(_ name: String, _ labels: String) async throws -> Int {
        let start = "\(name){\(labels)} "
        let lines = try await client.get("/metrics").text.split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix(start) }, "no metric \(start)")
        return try #require(Int(line.dropFirst(start.count)))
    }
}
