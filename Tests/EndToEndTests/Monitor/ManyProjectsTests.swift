import Postgres
import PostgresTestSupport
import Testing

/// Of all projects the monitor lists a hundred. A daemon of its own, in whose list nobody else looks for a place.
@Suite(.daemon(), .timeLimit(.minutes(1)))
struct ManyProjectsTests {
    @Test func `of many projects a hundred are listed, the busiest first and those that are only read last`()
        async throws
    {
        let stage = try Stage.current
        let read = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(read)")
        try await insert(98, withImages: 1, stage)
        let busy = try await stage.insertProject()
        for place in 0..<3 { try await stage.save("u", scene: 1, place: place, of: busy) }
        let few = try await list(stage, rows: 101)
        try await insert(50, withImages: 2, stage)
        let many = try await list(stage, rows: 201)

        #expect(few.count == 100)
        #expect(few.first?.project == busy && few.last?.project == read)
        #expect(many.map { $0.inserted ?? 0 } == [3] + [Int](repeating: 2, count: 50) + [Int](repeating: 1, count: 49))
    }

    /// Projects that nobody has in memory.
    private func insert(_ count: Int, withImages images: Int, _ stage: Stage) async throws {
        try await stage.admin.query(
            """
            WITH project AS (
                INSERT INTO content_creation_requests (generated_output)
                SELECT '{}' FROM generate_series(1, $1::integer)
                RETURNING id
            )
            INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
            SELECT project.id, 1, place, 'u' FROM project, generate_series(1, $2::integer) AS place
            """, ["\(count)", "\(images)"])
    }

    /// The monitor's list, once it has heard of so many rows.
    private func list(_ stage: Stage, rows: Int) async throws -> [(project: String?, inserted: Int?)] {
        try await eventually("\(rows) rows have come") {
            try await stage.client.get("/v1/monitor").json?["overall"]?["inserted"]?.int == rows
        }
        let projects = try await stage.client.get("/v1/monitor").json?["projects"]?.elements ?? []
        return projects.map { ($0["project_id"]?.plainString, $0["inserted"]?.int) }
    }
}
