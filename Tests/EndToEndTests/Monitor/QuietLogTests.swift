import Postgres
import PostgresTestSupport
import Testing

/// With a PostgreSQL of its own: another test's notifications would hold up the daemon's.
@Suite(.timeLimit(.minutes(3)))
struct QuietLogTests {
    @Test func `normal work, busy times among it, writes nothing to the log at its usual level`() async throws {
        try await Database.with(.sceneSync, on: try await Server.start()) { database in
            let stage = try await Stage.start(on: database)
            let project = try await stage.insertProject()
            let before = stage.daemon.log.count
            let end = ContinuousClock.now + .seconds(15)

            try await withThrowingTaskGroup { group in
                for number in 0..<4 {
                    group.addTask { try await Self.write(stage, project, number, until: end) }
                    group.addTask { try await Self.read(stage, project, until: end) }
                }
                try await group.waitForAll()
            }

            #expect(Array(stage.daemon.log.dropFirst(before)) == [])
            #expect(try await stage.metric("scenesync_feed_live") == 1)
            #expect(try await stage.metric("scenesync_doorbell_switches_total") > 0)
        }
    }

    /// Saves, upserts, regenerates, is refused, and now and then is many at once, so that the doorbell goes busy.
    private static func write(
        _ stage: Stage, _ project: String, _ number: Int, until end: ContinuousClock.Instant
    ) async throws {
        let session = try await stage.database.open(as: .writer)
        var round = 0
        while ContinuousClock.now < end {
            round += 1
            let image = #"{"scene_index": \#(number + 1), "image_index": 0, "image_url": "https://e.com/\#(round)"}"#
            _ = try await stage.images("PUT", project, image)
            _ = try await stage.images("POST", project, image)
            if round.isMultiple(of: 10) {
                _ = try await stage.images("DELETE", project, query: "?scene_index=\(number + 1)")
            }
            if round % 10 == 5 {
                for place in 0..<500 {
                    try await session.query(
                        Stage.insertion, [project, "\(number + 100)", "\(round * 10_000 + place)", "https://e.com/b"])
                }
            }
        }
    }

    /// Reads, and opens streams that it leaves without a word.
    private static func read(_ stage: Stage, _ project: String, until end: ContinuousClock.Instant) async throws {
        while ContinuousClock.now < end {
            _ = try await stage.client.get("/v1/projects/\(project)")
            _ = try await stage.client.get("/v1/projects/\(project)", ["X-Odd": "yes"])
            _ = try await stage.client.get("/v1/projects/nonsense")
            let headers = Bool.random() ? [:] : ["X-Odd": "yes"]
            let stream = try await EventStream.open(
                port: stage.daemon.port, "/v1/projects/\(project)/events", headers: headers)
            _ = try await stream.events(through: "ready", within: .seconds(30))
            await stream.cut()
        }
    }
}

/// With a PostgreSQL of its own, to be taken away.
@Suite(.timeLimit(.minutes(1)))
struct StaleLogTests {
    @Test func `an outage is a line at its beginning and one at its end`() async throws {
        let server = try await Server.start()
        try await Database.with(.sceneSync, on: server) { database in
            let stage = try await Stage.start(["--log-level", "debug"], on: database)

            try await server.stop(.fast)
            try await stage.daemon.logLine(containing: "warning stale: ")
            // The same reason again and again, as connecting is refused.
            try await eventually("it has been tried several times", within: .seconds(30)) {
                stage.daemon.log.count { $0.contains("debug stale: ") } >= 3
            }
            try await server.start()
            try await eventually("it is live again", within: .seconds(30)) {
                stage.daemon.log.count { $0.contains("info live: ") } == 2
            }

            // The loss, that connecting is refused, and what a server says that is ending or beginning: once each.
            let reasons = stage.daemon.log.compactMap { $0.split(separator: " warning stale: ").dropFirst().first }
            #expect(reasons.count == Set(reasons).count, "\(reasons)")
        }
    }
}
