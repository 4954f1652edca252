import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.bothWays, .database(.sceneSync), .serialized, .timeLimit(.minutes(4)))
struct SlowReaderTests {
    private static let scenes = 50

    /// `count` transactions, each a new URL for one scene: soon more than the kernel's buffers take.
    private func update(_ project: String, count: Int, url_bytes: Int, by session: Session) async throws {
        try await session.query(
            """
            DO $$
            BEGIN
                FOR number IN 1..\(count) LOOP
                    UPDATE public.generated_images SET image_url = number || repeat('x', \(url_bytes))
                    WHERE content_creation_request_id = '\(project)' AND scene_index = number % \(Self.scenes) + 1;
                    COMMIT;
                END LOOP;
            END
            $$
            """)
    }

    private func start(_ flags: [String] = []) async throws -> (Stage, String) {
        let stage = try await Stage.start(flags)
        let project = try await stage.insertProject(Stage.document(scenes: Self.scenes))
        for scene in 1...Self.scenes { try await stage.save("first", scene: scene, of: project) }
        return (stage, project)
    }

    @Test func `readers that do not read cost no memory, disturb nobody, and catch up`() async throws {
        let (stage, project) = try await start()
        // Filtered streams are written to one by one: what was kept for them would not be shared.
        let query = "?" + (1...Self.scenes).map { "scene_index=\($0)" }.joined(separator: "&")
        var slow: [Viewer] = []
        for number in 0..<20 {
            let viewer = try await Viewer.open(
                project, at: stage.daemon.port, query: number < 15 ? query : "", receiveBuffer: 4_096)
            slow.append(viewer)
        }
        var other = try await Viewer.open(project, at: stage.daemon.port)
        try await other.read(through: "ready")
        for index in slow.indices { try await slow[index].read(through: "ready") }
        let before = try memory_bytes(of: stage.daemon)

        async let updates: Void = {
            try await update(project, count: 2_000, url_bytes: 3_000, by: stage.writer)
            try await stage.write(
                "UPDATE content_creation_requests SET generated_output = generated_output || '{\"title\": \"end\"}' WHERE id = $1::uuid",
                project)
        }()
        while try await !other.next(within: .seconds(30)).data.prefix(200).contains("\"end\"") {}
        try await updates
        let after = try memory_bytes(of: stage.daemon)

        let expected = try await stage.expected(project)
        let read = try await stage.client.get("/v1/projects/\(project)", ["Cache-Control": "no-cache"])
        let revision = try #require(read.etag).filter { $0 != "\"" }
        try await other.read(toRevision: revision)
        #expect(other.mirror.generatedOutput == expected)
        // 15 streams with 6 MB each would be 90 MB.
        #expect(after - before < 40 << 20, "\((after - before) >> 20) MiB more")
        for index in [0, 1, 18, 19] {
            try await slow[index].read(toRevision: revision, within: .seconds(30))
            #expect(slow[index].mirror.generatedOutput == expected)
            let count = slow[index].mirror.counts.values.reduce(0, +)
            #expect(count < 1_900, "\(count) events for 2,000 changes")
        }
        #expect(try await stage.metric("scenesync_events_coalesced_total") > 0)
    }

    @Test func `a slow reader that is cut in its backlog resumes without a gap`() async throws {
        let (stage, project) = try await start(["--history", "2000"])
        var slow: [Viewer] = []
        for _ in 0..<12 {
            var viewer = try await Viewer.open(project, at: stage.daemon.port, receiveBuffer: 4_096)
            try await viewer.read(through: "ready")
            slow.append(viewer)
        }

        // So few and so short that what is missed is in the history, and is told scene by scene.
        try await update(project, count: 1_000, url_bytes: 800, by: stage.writer)
        let expected = try await stage.expected(project)
        let read = try await stage.client.get("/v1/projects/\(project)", ["Cache-Control": "no-cache"])
        let revision = try #require(read.etag).filter { $0 != "\"" }
        var places: Set<Bool> = []
        for index in slow.indices {
            // Up to the backlog, which are the first events without an id, and then some events further.
            while try await slow[index].next().id != nil, slow[index].lastEventID != revision {}
            for _ in 0..<index * 4 where slow[index].lastEventID != revision { try await slow[index].next() }
            places.insert(slow[index].lastEventID == revision)
            try await slow[index].reconnect()
            try await slow[index].read(through: "ready")
            #expect(slow[index].mirror.generatedOutput == expected, "cut after \(index * 4) events")
        }

        #expect(places.contains(false), "none was cut in its backlog")
        #expect(slow.contains { $0.mirror.counts["snapshot"] == 1 }, "no backlog came as scenes")
    }

    @Test func `a reader that does not read for forty seconds is not disconnected`() async throws {
        let (stage, project) = try await start(["--heartbeat", "1"])
        let quiet = try await stage.insertProject()
        var slow = try await Viewer.open(project, at: stage.daemon.port, receiveBuffer: 4_096)
        try await slow.read(through: "ready")
        let clock = try await EventStream.open(port: stage.daemon.port, "/v1/projects/\(quiet)/events")

        try await update(project, count: 1_000, url_bytes: 3_000, by: stage.writer)
        try await clock.waitForComments(40, within: .seconds(80))
        try await stage.save("end", scene: 1, place: 1, of: project)
        let expected = try await stage.expected(project)
        try await slow.read(to: expected, within: .seconds(20))

        #expect(slow.mirror.isLive)
    }

    /// What is to be said of the projects behind the first is not kept, though it is another state for each.
    @Test func `joint streams that do not read cost no memory, and begin with what there is once they do`()
        async throws
    {
        let stage = try await Stage.start()
        var projects: [String] = []
        for _ in 0..<20 { projects.append(try await stage.insertProject()) }
        let rewriting = """
            UPDATE content_creation_requests
            SET generated_output = jsonb_build_object('title', repeat($1, 200000), 'scenes', '[]'::jsonb)
            """
        var slow: [JointViewer] = []
        var before = 0
        for number in 0..<20 {
            let letter = String(UnicodeScalar(UInt8(97 + number)))
            try await stage.writer.query(rewriting, [letter])
            for project in projects {
                let marker = "\"\(letter)\(letter)"
                try await eventually("it is in memory") {
                    try await stage.client.get("/v1/projects/\(project)").text.contains(marker)
                }
            }
            // The first has what all need.
            if number == 1 { before = try memory_bytes(of: stage.daemon) }
            slow.append(try await JointViewer.open(projects, port: stage.daemon.port, receiveBuffer: 4_096))
        }
        let after = try memory_bytes(of: stage.daemon)

        // 18 streams with 19 states of 200 kB each would be 68 MB.
        #expect(after - before < 32 << 20, "\((after - before) >> 20) MiB more")
        let expected = try await stage.expected(projects[19])
        for index in [0, 19] {
            while slow[index].mirrors.values.contains(where: { !$0.isLive || $0.generatedOutput != expected }) {
                try await slow[index].next(within: .seconds(20))
            }
        }
    }

    /// What the process has in RAM.
    private func memory_bytes(of daemon: DaemonProcess) throws -> Int {
        let status = try String(contentsOf: URL(filePath: "/proc/\(daemon.pid)/status"), encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return (try #require(Int(line.filter { $0.isNumber }))) << 10
    }
}
