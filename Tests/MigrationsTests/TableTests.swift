import Postgres
import PostgresTestSupport
import Testing

/// What the contract says of the app's table.
@Suite(.database(.migrated), .timeLimit(.minutes(5)))
struct TableTests {
    private static let project = "00000000-0000-4000-8000-000000000001"

    private func ownerWithImage() async throws -> Session {
        let owner = try await Database.current.open()
        try await owner.run(
            script: """
                INSERT INTO content_creation_requests (id) VALUES ('\(Self.project)');
                INSERT INTO generated_images (content_creation_request_id, scene_index, image_url)
                VALUES ('\(Self.project)', 1, 'one');
                """)
        return owner
    }

    @Test func `an image has an id, a place and its times by itself`() async throws {
        let owner = try await ownerWithImage()

        let image = try await owner.query(
            """
            SELECT id IS NOT NULL, image_index, created_at = updated_at, now() - created_at < interval '1 minute'
            FROM generated_images
            """
        )

        #expect(image.bool(0, 0) == true)
        #expect(image.int64(0, 1) == 0)
        #expect(image.bool(0, 2) == true)
        #expect(image.bool(0, 3) == true)
    }

    @Test(arguments: [
        "UPDATE generated_images SET image_url = 'two'", "UPDATE generated_images SET image_url = image_url",
        "UPDATE generated_images SET scene_index = 7", "UPDATE generated_images SET updated_at = '2000-01-01'",
        """
        INSERT INTO generated_images (content_creation_request_id, scene_index, image_url)
        VALUES ('\(project)', 1, 'two')
        ON CONFLICT (content_creation_request_id, scene_index, image_index)
        DO UPDATE SET image_url = EXCLUDED.image_url
        """,
    ])
    func `the time of an update moves with each, in one transaction too`(_ update: String) async throws {
        let owner = try await ownerWithImage()
        let times = "SELECT (date_part('epoch', updated_at) * 1000000)::bigint, created_at FROM generated_images"
        let first = try await owner.query(times)
        try await owner.query("BEGIN")

        try await owner.query(update)
        let second = try await owner.query(times)
        try await owner.query("UPDATE generated_images SET image_url = 'three'")
        let third = try await owner.query(times)

        let moved = [first, second, third].compactMap { $0.int64(0, 0) }
        #expect(moved.count == 3 && moved[0] < moved[1] && moved[1] < moved[2])
        #expect(third.string(0, 1) == first.string(0, 1))
    }

    @Test func `a place holds one image`() async throws {
        let owner = try await ownerWithImage()
        let again =
            """
            INSERT INTO generated_images (content_creation_request_id, scene_index, image_url)
            SELECT id, 1, 'x' FROM content_creation_requests
            """

        let error = await #expect(throws: PostgresError.self) { try await owner.query(again) }

        #expect(error?.sqlstate == "23505")
    }

    @Test func `an image has a project, and goes with it`() async throws {
        let owner = try await ownerWithImage()
        let orphan =
            """
            INSERT INTO generated_images (content_creation_request_id, scene_index, image_url)
            VALUES (gen_random_uuid(), 1, 'x')
            """

        let error = await #expect(throws: PostgresError.self) { try await owner.query(orphan) }
        try await owner.query("DELETE FROM content_creation_requests")

        #expect(error?.sqlstate == "23503")
        #expect(try await owner.query("SELECT FROM generated_images").count == 0)
    }

    @Test(arguments: ["content_creation_request_id", "scene_index", "image_url", "image_index"])
    func `an image lacks nothing`(_ column: String) async throws {
        let owner = try await ownerWithImage()

        let error = await #expect(throws: PostgresError.self) {
            try await owner.query("UPDATE generated_images SET \(column) = NULL")
        }

        #expect(error?.sqlstate == "23502")
    }
}
