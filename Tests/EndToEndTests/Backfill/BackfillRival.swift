import Postgres
import PostgresTestSupport
import Testing

/// A writer who works on the scenes that are being copied, in every way there is.
struct BackfillRival {
    private static let ours = "content_creation_request_id = $1::uuid AND scene_index = $2::integer"

    private var random: StormRandom
    private let projects: [String]
    private let scenes: Int

    init(_ number: Int, _ projects: [String], _ scenes: Int) {
        random = StormRandom(seed: UInt64.random(in: 0...UInt64.max), part: number)
        self.projects = projects
        self.scenes = scenes
    }

    /// Writes until the task is cancelled; how often.
    func run(on database: Database) async throws -> Int {
        var rival = self
        let session = try await database.open(as: .writer)
        var count = 0
        while !Task.isCancelled {
            do {
                try await rival.write(session)
                count += 1
            } catch let error as PostgresError where error.sqlstate == "23505" {
                // Another one was faster, or the copy: a place is taken.
                _ = try? await session.query("ROLLBACK")
            } catch is CancellationError {
                break
            }
        }
        await session.close()
        return count
    }

    private mutating func write(_ session: Session) async throws {
        let project = projects[random.int(0...projects.count - 1)]
        let scene = "\(random.int(1...scenes))"
        let place = "\(random.int(0...4))"
        switch random.int(0...9) {
        case 0...2:
            try await session.query(Stage.insertion, [project, scene, place, "raw"])
        case 3:
            try await session.query(
                Stage.insertion
                    + """
                     ON CONFLICT (content_creation_request_id, scene_index, image_index)
                    DO UPDATE SET image_url = EXCLUDED.image_url
                    """, [project, scene, place, "upsert"])
        case 4:
            try await session.query("DELETE FROM generated_images WHERE \(Self.ours)", [project, scene])
        case 5:
            try await session.query(
                """
                UPDATE generated_images SET scene_index = $3::integer, image_index = image_index + 10
                WHERE \(Self.ours) AND image_index = $4::integer
                """, [project, scene, "\(random.int(1...scenes))", place])
        case 6:
            try await session.query("BEGIN")
            try await session.query(Stage.insertion, [project, scene, place, "slow"])
            try await session.query("SELECT pg_sleep(0.005)")
            try await session.query(random.chance(0.3) ? "ROLLBACK" : "COMMIT")
        case 7:
            try await session.query(
                "SELECT scene_sync_api.regenerate($1::uuid, ARRAY[$2::integer])", [project, scene])
        default:
            try await session.query(
                "SELECT scene_sync_api.save_images($1::uuid, $2::jsonb)",
                [project, "{\"scene_index\": \(scene), \"image_index\": \"next\", \"image_url\": \"api\"}"])
        }
    }
}
