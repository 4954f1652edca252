import Postgres
import PostgresTestSupport
import Testing

@Suite(.daemon(), .timeLimit(.minutes(2)))
struct MonitorTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    /// What the monitor says of a project.
    private func entry(_ project: String, _ query: String = "") async throws -> JSONNode? {
        let answer = try await stage.client.get("/v1/monitor\(query)")
        return answer.json?["projects"]?.elements?.first { $0["project_id"]?.plainString == project }
    }

    private func waitForEntry(
        _ project: String, _ what: String, where holds: (JSONNode) -> Bool
    ) async throws -> JSONNode {
        var found: JSONNode?
        try await eventually(what) {
            found = try await entry(project)
            return found.map(holds) ?? false
        }
        return try #require(found)
    }

    @Test func `rows are told by what was done to them, and pictures that were overwritten apart`() async throws {
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")
        for place in 0..<3 { try await stage.save("https://e.com/\(place)", scene: 1, place: place, of: project) }
        try await stage.write(
            "UPDATE generated_images SET image_url = 'https://e.com/new' WHERE content_creation_request_id = $1::uuid AND image_index = 0",
            project)
        try await stage.write(
            "UPDATE generated_images SET created_at = now() WHERE content_creation_request_id = $1::uuid", project)
        try await stage.write(
            "DELETE FROM generated_images WHERE content_creation_request_id = $1::uuid AND image_index = 1", project)

        let entry = try await waitForEntry(project, "the deletion has come") { $0["deleted"]?.int == 1 }

        #expect(entry["inserted"]?.int == 3)
        #expect(entry["updated"]?.int == 4)
        #expect(entry["overwritten"]?.int == 1)
        #expect(entry["late"]?.int == 0)
        let series = (entry["per_second"]?.elements ?? []).compactMap(\.int)
        #expect(series.count == 60)
        #expect(series.reduce(0, +) == 8)
        #expect(entry["sessions"]?.int == 1)
        #expect(entry["scenes"]?.text == #"{"total": 3, "complete": 0, "with_holes": 1}"#)
        #expect(entry["audit"]?["divergences"]?.int == 0)
    }

    @Test func `transactions that were open at one moment are told as overlapping`() async throws {
        let project = try await stage.insertProject()
        let writers = try await [
            stage.database.open(as: .writer), stage.database.open(as: .writer), stage.database.open(as: .writer),
        ]

        for (number, writer) in writers.enumerated() {
            try await writer.query("BEGIN")
            try await writer.query(Stage.insertion, [project, "1", "\(number)", "https://e.com/\(number)"])
        }
        for writer in writers { try await writer.query("COMMIT") }
        let entry = try await waitForEntry(project, "all three have come") { $0["inserted"]?.int == 3 }

        // These three, and the one that made the project.
        #expect(entry["sessions"]?.int == 4)
        #expect(entry["overlap_peak"]?.int == 3)
    }

    @Test func `of one project its transactions are told, from their start to their announcement`() async throws {
        let project = try await stage.insertProject()
        let other = try await stage.insertProject()
        let writers = try await [stage.database.open(as: .writer), stage.database.open(as: .writer)]
        var pids: [Int64] = []
        for (number, writer) in writers.enumerated() {
            try await writer.query("BEGIN")
            pids.append(try #require(try await writer.query("SELECT pg_backend_pid()").int64(0, 0)))
            try await writer.query(Stage.insertion, [project, "1", "\(number)", "https://e.com/\(number)"])
        }
        try await writers[0].query("SELECT pg_sleep(0.2)")
        try await stage.save("https://e.com/other", scene: 1, of: other)
        for writer in writers { try await writer.query("COMMIT") }
        _ = try await waitForEntry(project, "both have come") { $0["inserted"]?.int == 2 }

        let document = try #require(try await stage.client.get("/v1/monitor?project=\(project)").json)

        let projects = try #require(document["projects"]?.elements)
        #expect(projects.count == 1 && projects[0]["project_id"]?.plainString == project)
        #expect(projects[0]["title"]?.plainString == nil || projects[0]["title"]?.plainString == "t")
        let told = (projects[0]["transactions"]?.elements ?? []).filter {
            pids.contains(Int64($0["session"]?.int ?? 0))
        }
        #expect(told.count == 2)
        for transaction in told {
            let seconds = try #require(transaction["seconds"].flatMap { Double($0.text) })
            let ago = try #require(transaction["ago_seconds"].flatMap { Double($0.text) })
            #expect(seconds >= 0.19 && seconds < 5)
            #expect(ago >= seconds && ago < 20)
            #expect(transaction["rows"]?.int == 1)
        }
    }

    @Test(arguments: [("?project=nonsense", 400), ("?window=week", 400), ("?project=\(nobody)", 200)])
    func `a monitor of one project wants its id`(query: String, status: Int) async throws {
        let answer = try await stage.client.get("/v1/monitor\(query)")

        #expect(answer.status == status)
        if status == 200 { #expect(answer.json?["projects"]?.elements?.isEmpty == true) }
    }

    private static let nobody = "00000000-0000-4000-8000-000000000000"

    @Test func `the feed's state, what is in memory and the parts of the minute are told`() async throws {
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")
        for place in 0..<3 { try await stage.save("https://e.com/\(place)", scene: 1, place: place, of: project) }
        let entry = try await waitForEntry(project, "all have come") { $0["inserted"]?.int == 3 }
        let document = try #require(try await stage.client.get("/v1/monitor").json)

        #expect(entry["title"]?.plainString == "t")
        let feed = try #require(document["feed"])
        #expect(feed["state"]?.plainString == "live" && feed["since"]?.text == "null")
        #expect(try #require(feed["age_seconds"].flatMap { Double($0.text) }) < 3)
        #expect((document["memory"]?["projects"]?.int ?? 0) > 0 && (document["memory"]?["bytes"]?.int ?? 0) > 0)
        let series = try #require(document["overall"]?["series"])
        for name in ["inserted", "updated", "deleted", "overlap"] { #expect(series[name]?.elements?.count == 60) }
        for name in ["arrival_seconds", "delivery_seconds"] {
            #expect(series[name]?["p50"]?.elements?.count == 60 && series[name]?["p99"]?.elements?.count == 60)
        }
        #expect((series["inserted"]?.elements ?? []).compactMap(\.int).reduce(0, +) >= 3)
        #expect(series["arrival_seconds"]?["p99"]?.elements?.contains { $0.text != "null" } == true)
    }

    @Test func `transactions one after the other do not overlap`() async throws {
        let project = try await stage.insertProject()

        for place in 0..<20 { try await stage.save("https://e.com/\(place)", scene: 1, place: place, of: project) }
        let entry = try await waitForEntry(project, "all have come") { $0["inserted"]?.int == 20 }

        #expect(entry["overlap_peak"]?.int == 1)
    }

    @Test func `what is rolled back is not seen`() async throws {
        let project = try await stage.insertProject()
        let writer = try await stage.database.open(as: .writer)
        try await writer.query("BEGIN")
        try await writer.query(Stage.insertion, [project, "1", "0", "https://e.com/never"])
        try await writer.query("ROLLBACK")

        try await stage.save("https://e.com/1", scene: 1, place: 1, of: project)
        let entry = try await waitForEntry(project, "the other has come") { ($0["inserted"]?.int ?? 0) > 0 }

        #expect(entry["inserted"]?.int == 1)
        #expect(try await stage.client.get("/v1/monitor").json?["unseen"]?.elements?.count == 3)
    }

    @Test func `an image that began before its scene was emptied is late`() async throws {
        let project = try await stage.insertProject()
        try await stage.save("https://e.com/old", scene: 1, of: project)
        let slow = try await stage.database.open(as: .writer)
        try await slow.query("BEGIN")

        try await slow.query("SELECT 1 FROM content_creation_requests LIMIT 1")
        try await stage.write("DELETE FROM generated_images WHERE content_creation_request_id = $1::uuid", project)
        _ = try await waitForEntry(project, "the deletion has come") { $0["deleted"]?.int == 1 }
        try await slow.query(Stage.insertion, [project, "1", "0", "https://e.com/late"])
        try await slow.query("COMMIT")

        let entry = try await waitForEntry(project, "the late one has come") { $0["inserted"]?.int == 2 }
        #expect(entry["late"]?.int == 1)
    }

    @Test(.bothWays) func `the time from the trigger to the socket is told, and how many read`() async throws {
        let project = try await stage.insertProject()
        let stream = try await EventStream.open(port: stage.daemon.port, "/v1/projects/\(project)/events")
        _ = try await stream.events(through: "ready")

        try await stage.save("https://e.com/0", scene: 1, of: project)
        _ = try await stream.nextEvent(named: "scene")
        let entry = try await waitForEntry(project, "the delivery has been seen") {
            $0["delivery_seconds"]?["p99"]?.isNull == false
        }

        let overall = try await stage.client.get("/v1/monitor").json?["overall"]
        for quantiles in [overall?["arrival_seconds"], overall?["delivery_seconds"], entry["delivery_seconds"]] {
            guard case .number(let digits)? = quantiles?["p50"], let seconds = Double(digits) else {
                Issue.record("there is no p50: \(entry.text)")
                continue
            }
            #expect(seconds >= 0 && seconds < 10)
        }
        #expect(entry["subscribers"]?.int == 1)
    }

    @Test func `an hour is told in minutes`() async throws {
        let project = try await stage.insertProject()
        for place in 0..<6 { try await stage.save("https://e.com/\(place)", scene: 1, place: place, of: project) }
        _ = try await waitForEntry(project, "all have come") { $0["inserted"]?.int == 6 }

        let entry = try #require(try await entry(project, "?window=hour"))

        #expect(entry["inserted"]?.int == 6)
        let parts = (entry["per_second"]?.elements ?? []).compactMap { Double($0.text) }
        #expect(parts.count == 60)
        // A tenth of a row a second; where a minute has ended meanwhile each of two parts is rounded down.
        #expect(0.085...0.105 ~= parts.reduce(0, +), "\(parts)")
    }

    @Test func `another window is refused`() async throws {
        for path in ["/v1/monitor?window=day", "/v1/monitor/events?window=day"] {
            let answer = try await stage.client.get(path)
            #expect(answer.status == 400)
            #expect(answer.problem == "bad-request")
        }
    }

    @Test func `projects that are only read are listed too, without figures`() async throws {
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")

        let entry = try #require(try await entry(project))

        #expect(entry["inserted"]?.int == 0)
        #expect(entry["delivery_seconds"]?.text == #"{"p50": null, "p90": null, "p99": null}"#)
    }
}
