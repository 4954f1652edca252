import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// `/v1/events`: several projects on one stream.
@Suite(.bothWays, .database(.sceneSync), .serialized, .timeLimit(.minutes(2)))
struct JointStreamTests {
    private func open(
        _ projects: [String], at stage: Stage, lastEventID: String? = nil, receiveBuffer: Int32? = nil
    ) async throws -> JointViewer {
        try await JointViewer.open(
            projects, port: stage.daemon.port, lastEventID: lastEventID, receiveBuffer: receiveBuffer)
    }

    private func projects(_ count: Int, on stage: Stage) async throws -> [String] {
        var projects: [String] = []
        for _ in 0..<count { projects.append(try await stage.insertProject()) }
        return projects
    }

    @Test func `each project begins in the order of the query, and is heard of from then on`() async throws {
        let stage = try await Stage.start()
        let projects = try await projects(3, on: stage)
        // One is warm: it is known before those before it.
        _ = try await stage.client.get("/v1/projects/\(projects[2])")
        var viewer = try await open([projects[1], projects[0], projects[1].uppercased(), projects[2]], at: stage)

        let opening = try await viewer.read(count: 6)
        for (number, project) in projects.enumerated() { try await stage.save("u", scene: number + 1, of: project) }
        // A document that came at once would take the place of a scene's event.
        var changes = try await viewer.read(count: 3)
        try await stage.write(
            "UPDATE content_creation_requests SET generated_output = '{\"scenes\": []}' WHERE id = $1::uuid",
            projects[0])
        changes.append(try await viewer.next())

        #expect(
            opening.map { "\($0.event) \(viewer.number(of: $0, in: projects))" } == [
                "snapshot 1", "ready 1", "snapshot 0", "ready 0", "snapshot 2", "ready 2",
            ])
        #expect(Set(opening.compactMap(\.id)).count == 3)
        #expect(changes.map(\.event) == ["scene", "scene", "scene", "snapshot"])
        #expect(Set(changes.compactMap(\.id)).count == 4)
        for project in projects {
            #expect(viewer.mirrors[project]?.generatedOutput == (try await stage.expected(project)))
        }
        #expect(try await stage.metric("scenesync_subscribers") == 1)
    }

    /// Until the first is there the second, which is too large to be kept, and the third have to wait.
    @Test func `what is large keeps its turn, whatever follows it`() async throws {
        let stage = try await Stage.start()
        let first = try await stage.insertProject()
        let large = try await stage.insertProject(
            #"{"title": "\#(String(repeating: "x", count: 100_000))", "scenes": []}"#)
        let last = try await stage.insertProject()
        let projects = [first, large, last]
        for project in [large, last] { _ = try await stage.client.get("/v1/projects/\(project)") }

        var viewer = try await open(projects, at: stage)
        let opening = try await viewer.read(count: 6)

        #expect(
            opening.map { "\($0.event) \(viewer.number(of: $0, in: projects))" } == [
                "snapshot 0", "ready 0", "snapshot 1", "ready 1", "snapshot 2", "ready 2",
            ])
    }

    @Test func `it resumes each project where the client was, on another daemon, too`() async throws {
        let stage = try await Stage.start()
        let projects = try await projects(3, on: stage)
        var viewer = try await open(projects, at: stage)
        try await viewer.read(count: 6)
        let lastEventID = viewer.lastEventID
        await viewer.stream.cut()

        try await stage.save("u", scene: 2, of: projects[1])
        try await eventually("the daemon has seen it") {
            try await stage.client.get("/v1/projects/\(projects[1])").generatedOutput(of: projects[1])
                == stage.expected(projects[1])
        }
        try await viewer.reconnect(to: stage.daemon.port)
        let resumed = try await viewer.read(count: 4)
        let other = try await Stage.start()
        var elsewhere = try await open(projects, at: other, lastEventID: lastEventID)
        let resumedElsewhere = try await elsewhere.read(count: 4, isWithout: true)
        var list = try await open(projects.reversed(), at: stage, lastEventID: lastEventID)
        let ofAnotherList = try await list.read(count: 6)
        let etag = try #require(try await stage.client.get("/v1/projects/\(projects[0])").etag)
        var single = try await open(projects, at: stage, lastEventID: String(etag.dropFirst().dropLast()))
        let ofOneProject = try await single.read(count: 6)

        #expect(resumed.names == ["ready", "scene", "ready", "ready"])
        #expect(resumedElsewhere.names == ["ready", "snapshot", "ready", "ready"])
        #expect(ofAnotherList.names == ["snapshot", "ready", "snapshot", "ready", "snapshot", "ready"])
        #expect(ofOneProject.names == ofAnotherList.names)
        #expect(viewer.mirrors[projects[1]]?.generatedOutput == (try await stage.expected(projects[1])))
    }

    @Test func `what is not there is told as deleted, and the rest goes on`() async throws {
        let stage = try await Stage.start()
        let projects = try await projects(2, on: stage)
        let unknown = "00000000-0000-4000-8000-000000000000"
        var viewer = try await open([unknown, projects[0], projects[1]], at: stage)

        let opening = try await viewer.read(count: 5)
        try await stage.write("DELETE FROM content_creation_requests WHERE id = $1::uuid", projects[0])
        let deletion = try await viewer.next()
        try await stage.save("u", scene: 1, of: projects[1])
        let change = try await viewer.next()
        let resumed = try await open([unknown, projects[0], projects[1]], at: stage, lastEventID: viewer.lastEventID)
            .stream.events(through: "ready")
        try await stage.write("DELETE FROM content_creation_requests WHERE id = $1::uuid", projects[1])
        try await viewer.stream.waitForEnd()

        #expect(opening.names == ["deleted", "snapshot", "ready", "snapshot", "ready"])
        #expect(deletion.event == "deleted" && deletion.id == nil)
        #expect(change.event == "scene")
        #expect(resumed.names == ["deleted", "deleted", "ready"])
    }

    @Test func `who was told that a project is gone is shown it when it is there again, as it was`() async throws {
        let stage = try await Stage.start()
        let document = #"{"scenes": [{"index": 1}]}"#
        let projects = [try await stage.insertProject(), try await stage.insertProject(document)]
        var viewer = try await open(projects, at: stage)
        try await viewer.read(count: 4)

        try await stage.write("DELETE FROM content_creation_requests WHERE id = $1::uuid", projects[1])
        let deletion = try await viewer.next()
        // Nothing else comes that would move its id.
        _ = try? await viewer.stream.next(within: .milliseconds(300))
        try await stage.write(
            "INSERT INTO content_creation_requests (id, generated_output) VALUES ($1::uuid, '\(document)')",
            projects[1])
        let resumed = try await open(projects, at: stage, lastEventID: viewer.stream.lastEventID)
        let events = try await resumed.stream.events(through: "snapshot")

        #expect(deletion.event == "deleted" && deletion.id == nil)
        #expect(events.names == ["ready", "snapshot"])
    }

    /// The first is more than a socket takes.
    @Test func `a stream ends once all has gone, though it was told so late`() async throws {
        let stage = try await Stage.start()
        let large = #"{"title": "\#(String(repeating: "x", count: 8 << 20))", "scenes": []}"#
        let projects = [try await stage.insertProject(large), try await stage.insertProject()]
        let viewer = try await open(projects, at: stage, receiveBuffer: 4_096)
        for project in projects.reversed() {
            try await stage.write("DELETE FROM content_creation_requests WHERE id = $1::uuid", project)
        }
        try await eventually("they are gone from memory") { try await stage.metric("scenesync_cache_projects") == 0 }

        let events = try await viewer.stream.events(through: "none", within: .seconds(30))

        #expect(events.names.filter { $0 == "deleted" }.count == 2)
    }

    @Test func `bad lists are refused, and one of which nothing is there`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        let many = (0..<51).map { "project=11111111-1111-4111-8111-1111111111\($0 < 10 ? "0" : "")\($0)" }
        let headers = Way.current.headers

        let cases: [(String, Int)] = [
            ("", 400), ("?project=", 400), ("?project=1", 400), ("?project=\(project)&project=x", 400),
            ("?" + many.joined(separator: "&"), 400), ("?" + many.dropLast().joined(separator: "&"), 404),
            ("?\(many[0])", 404), ("?project=\(project)&sync_token=x", 400),
        ]
        for (query, status) in cases {
            let answer = try await stage.client.get("/v1/events\(query)", headers)
            #expect(answer.status == status, "\(query)")
            #expect(answer["Content-Type"] == "application/problem+json")
        }

        #expect(try await stage.client.head("/v1/events?project=\(project)&\(many[0])", headers).status == 200)
        #expect(try await stage.client.head("/v1/events?\(many[0])", headers).status == 404)
        #expect(try await stage.metric("scenesync_subscribers") == 0)
        // Nothing of those that were refused is left behind.
        var viewer = try await open([project], at: stage)
        try await viewer.read(count: 2)
        try await stage.save("u", scene: 1, of: project)
        #expect(try await viewer.next().event == "scene")
    }

    @Test func `an outage is told once, and its end for each project`() async throws {
        let stage = try await Stage.start()
        let projects = try await projects(4, on: stage)
        var viewer = try await open(projects, at: stage)
        try await viewer.read(count: 8)

        try await stage.admin.query(
            "SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid",
            ["{\(try await stage.sessions().map { "\($0)" }.joined(separator: ","))}"])
        try await stage.save("u", scene: 1, of: projects[2])
        var events: [ServerSentEvent] = []
        while events.count(where: { $0.event == "ready" }) < 4 || !events.names.contains("scene") {
            events.append(try await viewer.next(within: .seconds(20)))
        }

        #expect(events.count { $0.event == "stale" } == 1)
        #expect(events.count { $0.event == "ready" } == 4)
        #expect(events.count { $0.event == "scene" } == 1)
        for project in projects {
            #expect(viewer.mirrors[project]?.generatedOutput == (try await stage.expected(project)))
        }
    }

    @Test func `a reader that takes nothing is told the newest of each project once it does`() async throws {
        let stage = try await Stage.start()
        let projects = try await projects(50, on: stage)
        var viewer = try await open(projects, at: stage, receiveBuffer: 4_096)
        try await viewer.read(count: 100)

        for round in 0..<4 {
            try await stage.writer.query(
                """
                INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
                SELECT project, scene, image, $2 || repeat('x', 900)
                FROM unnest($1::uuid[]) AS project, generate_series(1, 3) AS scene, generate_series(0, 19) AS image
                ON CONFLICT (content_creation_request_id, scene_index, image_index)
                DO UPDATE SET image_url = EXCLUDED.image_url
                """, ["{\(projects.joined(separator: ","))}", "\(round)"])
        }
        var expected: [String: String] = [:]
        for project in projects { expected[project] = try await stage.expected(project) }
        while viewer.mirrors.contains(where: { $0.value.generatedOutput != expected[$0.key] }) {
            try await viewer.next(within: .seconds(20))
        }

        #expect(viewer.lastEventID.utf8.count < 2_048)
        #expect(viewer.mirrors.count == 50)
    }
}
