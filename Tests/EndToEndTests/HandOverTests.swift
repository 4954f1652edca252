import Glibc
import Postgres
import PostgresTestSupport
import Testing

/// Two daemons on one database: one decides by which way changes come, the other one takes over from it.
@Suite(.database(.sceneSync), .timeLimit(.minutes(1)))
struct HandOverTests {
    enum End: CaseIterable, Sendable {
        case stopped, killed
    }

    @Test(arguments: End.allCases, [1, 120])
    func `one daemon goes while images are saved, and the other misses nothing`(end: End, burst: Int) async throws {
        let first = try await Stage.start(["--busy-above", "100"])
        let second = try await Stage.start(["--busy-above", "100"], on: first.database)
        let project = try await first.insertProject()
        var viewer = try await Viewer.open(project, at: second.daemon.port)
        try await viewer.read(through: "ready")
        if burst == 1 { try await eventually("both are quiet") { try await areQuiet(first, second) } }

        for number in 0..<burst { try await first.save("a\(number)", scene: 1, place: number, of: project) }
        if end == .stopped { first.daemon.signal(SIGTERM) } else { first.daemon.kill() }
        for number in 0..<burst { try await first.save("b\(number)", scene: 2, place: number, of: project) }
        _ = await first.daemon.waitForExit()
        for number in 0..<burst { try await first.save("c\(number)", scene: 3, place: number, of: project) }
        try await viewer.read(to: try await first.expected(project))

        #expect(viewer.mirror.counts["stale"] == nil)
        #expect(try await second.metric("scenesync_database_reconnects_total") == 0)
        let holders = try await second.sessions(where: DoorbellTests.hasLocks)
        #expect(holders.count == 1)
    }

    @Test func `the one that waits is told of the other one's mode`() async throws {
        let first = try await Stage.start(["--busy-above", "100"])
        let second = try await Stage.start(["--busy-above", "100"], on: first.database)
        let project = try await first.insertProject()
        try await eventually("both are quiet") { try await areQuiet(first, second) }

        for number in 0..<200 { try await first.save("a\(number)", scene: 1, place: number, of: project) }

        #expect(try await !first.isQuiet())
        try await eventually("busy") { try await !second.isQuiet() }
        #expect(try await second.client.get("/readyz").status == 200)
        try await eventually("both are quiet again", within: .seconds(15)) {
            try await areQuiet(first, second)
        }
    }

    @Test func `the one that waits leaves nobody in the queue when it is stopped`() async throws {
        let first = try await Stage.start()
        let second = try await Stage.start(on: first.database)
        let waits = "wait_event = 'advisory' AND query LIKE '%advisory_lock%'"
        try await eventually("it waits") { try await first.sessions(where: waits).count == 1 }

        #expect(await second.daemon.stop() == 0)

        try await eventually("its session has ended") { try await first.sessions(where: waits).isEmpty }
    }

    private func areQuiet(_ stages: Stage...) async throws -> Bool {
        for stage in stages where try await !stage.isQuiet() { return false }
        return true
    }
}
