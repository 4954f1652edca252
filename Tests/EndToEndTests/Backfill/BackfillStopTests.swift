import Glibc
import Postgres
import PostgresTestSupport
import Testing

/// A backfill that is stopped half way. Somebody keeps the last project locked meanwhile, so that it cannot end.
@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct BackfillStopTests {
    private static let count = 1_300

    private func started(_ stage: BackfillStage) async throws -> (child: ChildProcess, holder: Session) {
        try await stage.insertOldProjects(Self.count)
        let holder = try await stage.database.open(as: .writer)
        try await holder.query("BEGIN")
        try await holder.query(
            """
            INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
            SELECT id, 1, 9, 'new' FROM content_creation_requests ORDER BY id DESC LIMIT 1
            """)
        let child = try await stage.start()
        // Two pages of 500 are done, and the rest but for one.
        try await eventually("all but one are copied", within: .seconds(40)) {
            try await stage.number(
                "SELECT count(DISTINCT content_creation_request_id) FROM generated_images") == Int64(Self.count - 1)
        }
        try await eventually("it has a bookmark") {
            try await stage.number("SELECT count(*) FROM scene_sync.backfill") == 1
        }
        return (child, holder)
    }

    @Test func `after kill -9 it goes on where it was`() async throws {
        let stage = try await BackfillStage()
        let (child, holder) = try await started(stage)
        child.kill()
        #expect(await child.waitForExit() == -SIGKILL)
        try await holder.query("ROLLBACK")
        let before = try await stage.outputs()

        let resumed = try await stage.backfill("--json")
        let again = try await stage.backfill("--json")

        #expect(resumed.status == 0, "\(resumed)")
        #expect(resumed.errors.contains("going on after "))
        let node = try JSONReader.read(resumed.output)
        #expect(node["projects"]?.int == Self.count - 1_000)
        #expect(node["projects_copied"]?.int == 1)
        #expect(try JSONReader.read(again.output)["projects"]?.int == Self.count)
        #expect(!again.errors.contains("going on after"))
        expectSame(try await stage.outputs(), as: before)
        #expect(try await stage.number("SELECT count(*) FROM generated_images") == Int64(Self.count * 6))
    }

    @Test func `--restart begins again`() async throws {
        let stage = try await BackfillStage()
        let (child, holder) = try await started(stage)
        child.kill()
        _ = await child.waitForExit()
        try await holder.query("COMMIT")

        let restarted = try await stage.backfill("--restart", "--json")

        #expect(restarted.status == 0, "\(restarted)")
        #expect(try JSONReader.read(restarted.output)["projects"]?.int == Self.count)
        #expect(
            try await stage.number("SELECT count(*) FROM generated_images WHERE image_url = 'new'") == 1)
        #expect(try await stage.number("SELECT count(*) FROM scene_sync.backfill") == 0)
    }

    @Test func `an interrupt says how far it was, and nothing half done stays`() async throws {
        let stage = try await BackfillStage()
        let (child, holder) = try await started(stage)
        let before = try await stage.outputs()

        let other = try await stage.backfill("--wait", "0")
        child.signal(SIGINT)
        let output = try await child.output.readAll()
        let status = await child.waitForExit()
        try await holder.query("COMMIT")

        #expect(other.status == 1)
        #expect(other.errors.contains("another backfill of this database is under way"))
        #expect(status == 1)
        #expect(output.contains("copied 7,794 images of 3,897 scenes in 1,299 projects"))
        #expect(output.hasSuffix("not complete: run backfill again, it goes on from here\n"))
        let changed = try await stage.outputs().filter { before[$0.key] != $0.value }
        #expect(changed.count == 1)
    }
}

extension Descriptor {
    fileprivate func readAll() async throws -> String {
        let deadline = ContinuousClock.now + .seconds(20)
        var bytes: [UInt8] = []
        while case let more = try await read(until: deadline), !more.isEmpty { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }
}
