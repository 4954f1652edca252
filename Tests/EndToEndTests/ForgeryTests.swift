import Postgres
import PostgresTestSupport
import Testing

/// A role that has somehow learned the channel's name can listen and notify. It can put nothing into the cache.
@Suite(.daemon("--doorbell", "notify"), .serialized, .timeLimit(.minutes(2)))
struct ForgeryTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    private func channel() async throws -> String {
        try #require(try await stage.admin.query("SELECT channel FROM scene_sync.settings").string(0, 0))
    }

    private func forge(_ payloads: [String]) async throws {
        let channel = try await channel()
        for payload in payloads { try await stage.admin.query("SELECT pg_notify($1, $2)", [channel, payload]) }
    }

    private func waitUntilRejected(_ count: Int, since before: Int) async throws {
        var rejected = 0
        do {
            try await eventually("they are rejected") {
                rejected = try await stage.metric("scenesync_notifications_rejected_total") - before
                return rejected == count
            }
        } catch {
            Issue.record("\(rejected) of \(count) were rejected")
            throw error
        }
    }

    @Test func `a change that our triggers did not announce is refused, and counted`() async throws {
        let project = try await stage.insertProject()
        try await stage.save("https://example.org/true.png", scene: 1, of: project)
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let before = try await stage.metric("scenesync_notifications_rejected_total")
        let pid = try #require(try await stage.admin.query("SELECT pg_backend_pid()::text").string(0, 0))
        let start =
            #"{"v":1,"op":"update","project":"\#(project)","xid":"9000000000","n":900000000000,"at":1,"began":1,"pid":\#(pid),"rows":1,"#
        let forged = [
            start + #""set":[[1,0,"https://evil.example/x.png"]]}"#,
            start + #""set":[],"gone":[[1,0]],"lost":[[1,9]]}"#,
            start + #""reload":true}"#, String(repeating: "0", count: 32) + start + #""reload":true}"#,
            String(repeating: "a", count: 7_999), "", "{}", #"{"v":1,"op":"truncate","xid":"9","n":1,"reload":true}"#,
        ]

        try await forge(forged)
        try await waitUntilRejected(forged.count, since: before)
        try await stage.save("https://example.org/next.png", scene: 2, of: project)
        let event = try await viewer.next()

        // The next that a subscriber hears is the next that is true.
        #expect(event.event == "scene")
        #expect(viewer.mirror.generatedOutput == (try await stage.expected(project)))
        #expect(
            try await stage.client.get("/v1/projects/\(project)").generatedOutput(of: project)
                == (try await stage.expected(project)))
    }

    @Test func `what was heard on the channel cannot be said again`() async throws {
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")
        let channel = try await channel()
        let spy = try await stage.database.open(as: .superuser)
        try await spy.query("LISTEN \"\(channel)\"")
        try await stage.save("https://example.org/old.png", scene: 1, of: project)
        var heard: [String] = []
        for await announcements in spy.notifications {
            heard = announcements.map { String(decoding: $0.payload, as: UTF8.self) }.filter { $0.contains("old.png") }
            if !heard.isEmpty { break }
        }
        try await stage.write(
            "UPDATE generated_images SET image_url = 'https://example.org/new.png' WHERE content_creation_request_id = $1::uuid",
            project)
        try await eventually("the new one is there") {
            try await stage.client.get("/v1/projects/\(project)").text.contains("new.png")
        }
        let before = try await stage.metric("scenesync_notifications_rejected_total")

        try await forge(heard)
        try await waitUntilRejected(1, since: before)

        #expect(heard.count == 1)
        #expect(try await stage.client.get("/v1/projects/\(project)").text.contains("new.png"))
    }

    @Test func `a daemon's signs cannot be forged nor said again`() async throws {
        let channel = try await channel()
        let spy = try await stage.database.open(as: .superuser)
        try await spy.query("LISTEN \"\(channel)\"")
        var heard: [String] = []
        for await announcements in spy.notifications {
            heard += announcements.map { String(decoding: $0.payload, as: UTF8.self) }.filter { $0.contains("fence") }
            if heard.count >= 2 { break }
        }
        let before = try await stage.metric("scenesync_notifications_rejected_total")
        let switches = try await stage.metric("scenesync_doorbell_switches_total")
        let json = heard[0].dropFirst(32)

        try await forge(
            Array(heard.prefix(2)) + [
                String(json), String(json.replacing("quiet", with: "busy")), #"{"v":1,"daemon":5,"turn":0}"#,
                #"{"v":1,"daemon":5,"turn":9,"mode":"busy"}"#,
            ])
        try await waitUntilRejected(6, since: before)

        #expect(try await stage.metric("scenesync_doorbell_switches_total") == switches)
        #expect(try await stage.metric("scenesync_feed_live") == 1)
        #expect(try await stage.client.get("/readyz").status == 200)
    }

    @Test func `a flood of them costs nobody else anything`() async throws {
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")
        let channel = try await channel()
        let before = try await stage.metric("scenesync_notifications_rejected_total")

        try await stage.admin.query(
            "SELECT pg_notify($1, n || repeat('x', 200)) FROM generate_series(1, 5000) n", [channel])
        try await stage.save("https://example.org/after.png", scene: 1, of: project)

        try await eventually("what is true arrives") {
            try await stage.client.get("/v1/projects/\(project)").text.contains("after.png")
        }
        // All of them, where the machine is not so busy that the daemon thinks its connection lost.
        try await eventually("they are rejected") {
            try await stage.metric("scenesync_notifications_rejected_total") > before + 1_000
        }
        #expect(try await stage.client.get("/readyz").status == 200)
    }
}
