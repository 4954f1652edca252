import Glibc
import Postgres
import PostgresTestSupport
import Testing

@Suite(.daemon("--heartbeat", "1"), .serialized, .timeLimit(.minutes(2)))
struct MonitorStreamTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    /// What a plain request gets, and one that goes HTTP's ordinary way.
    @Test(arguments: [[:], ["X-Odd": "yes"]] as [[String: String]])
    func `the stream tells once a second what the monitor says, without ids`(headers: [String: String]) async throws {
        let project = try await stage.insertProject()
        let stream = try await EventStream.open(
            port: stage.daemon.port, "/v1/monitor/events", headers: headers, isRecorded: true)
        try await stage.save("https://e.com/0", scene: 1, of: project)

        var events: [ServerSentEvent] = []
        let begin = ContinuousClock.now
        for _ in 0..<3 { events.append(try #require(try await stream.nextEvent(named: "monitor"))) }
        let time = ContinuousClock.now - begin

        #expect(time > .milliseconds(1_500) && time < .seconds(6), "\(time) for three")
        #expect(String(decoding: await stream.raw, as: UTF8.self).prefixMatch(of: /retry: [0-9]+\n\n/) != nil)
        #expect(events.map(\.id) == [nil, nil, nil])
        let document = try JSONReader.read(try #require(events.last?.data))
        let answer = try #require(try await stage.client.get("/v1/monitor").json)
        #expect(document.keys == answer.keys)
        #expect(document["overall"]?.keys == answer["overall"]?.keys)
        let told = document["projects"]?.elements?.first { $0["project_id"]?.plainString == project }
        #expect(told?["inserted"]?.int == 1)
        try await stream.waitForComments(1)
    }

    @Test func `a window may be chosen`() async throws {
        let stream = try await EventStream.open(port: stage.daemon.port, "/v1/monitor/events?window=hour")

        let event = try #require(try await stream.nextEvent(named: "monitor"))

        #expect(try JSONReader.read(event.data)["window"]?.plainString == "hour")
    }

    @Test func `streams of the monitor are subscribers until they go`() async throws {
        try await eventually("those of before are gone") { try await stage.metric("scenesync_subscribers") == 0 }
        var streams: [EventStream] = []
        for number in 0..<20 {
            let headers = number.isMultiple(of: 2) ? [:] : ["X-Odd": "yes"]
            let stream = try await EventStream.open(port: stage.daemon.port, "/v1/monitor/events", headers: headers)
            _ = try await stream.nextEvent(named: "monitor")
            streams.append(stream)
        }

        #expect(try await stage.metric("scenesync_subscribers") == 20)
        #expect(try await stage.metric("scenesync_monitor_subscribers") == 20)
        for stream in streams { await stream.cut() }
        try await eventually("they are gone") {
            let left = try await stage.metric("scenesync_subscribers")
            let monitors = try await stage.metric("scenesync_monitor_subscribers")
            return left == 0 && monitors == 0
        }
    }

    @Test func `HEAD has no body, and another method is refused`() async throws {
        let head = try await stage.client.head("/v1/monitor/events")
        let post = try await stage.client.request("POST", "/v1/monitor/events")

        #expect(head.status == 200)
        #expect(head["Content-Type"] == "text/event-stream")
        #expect(post.status == 405)
        #expect(post["Allow"] == "GET, HEAD")
    }
}

/// Each test has a PostgreSQL of its own, to be taken away.
@Suite(.timeLimit(.minutes(1)))
struct MonitorStreamEndTests {
    @Test func `a monitor's stream tells of the loss, and ends with the daemon`() async throws {
        let server = try await Server.start()
        try await Database.with(.sceneSync, on: server) { database in
            let stage = try await Stage.start(on: database)
            let plain = try await EventStream.open(port: stage.daemon.port, "/v1/monitor/events")
            let odd = try await EventStream.open(
                port: stage.daemon.port, "/v1/monitor/events", headers: ["X-Odd": "yes"])
            for stream in [plain, odd] { _ = try await stream.nextEvent(named: "monitor") }

            try await server.stop(.fast)
            var isLive = true
            for _ in 0..<10 where isLive {
                let event = try #require(try await plain.nextEvent(named: "monitor"))
                isLive = try JSONReader.read(event.data)["live"]?.text == "true"
            }
            let live = try await stage.metric("scenesync_feed_live")
            stage.daemon.signal(SIGTERM)

            #expect(!isLive)
            #expect(live == 0)
            for stream in [plain, odd] { try await stream.waitForEnd() }
            #expect(await stage.daemon.waitForExit() == 0)
            try await server.start()
        }
    }
}

extension JSONNode {
    fileprivate var keys: [String] {
        guard case .object(let members) = self else { return [] }
        return members.map(\.key)
    }
}
