import Postgres
import PostgresTestSupport
import Testing

/// A migrated database of old projects, and the command that copies their images.
struct BackfillStage: Sendable {
    let database: Database
    let owner: Session
    let writer: Session
    let oracle: Oracle
    /// Sees what every session waits for.
    private let admin: Session

    init(_ database: Database? = nil) async throws {
        self.database = try database ?? Database.current
        owner = try await self.database.open(as: .owner)
        writer = try await self.database.open(as: .writer)
        oracle = Oracle(try await self.database.open(as: .owner))
        admin = try await self.database.open(as: .superuser)
    }

    func backfill(_ flags: String..., as role: Role = .owner, within limit: Duration = .seconds(60)) async throws
        -> Command
    {
        try await Command.run(
            ["backfill"] + flags, environment: ["DATABASE_URL": database.connectionString(as: role)], within: limit)
    }

    func start(_ flags: String...) async throws -> ChildProcess {
        try await ChildProcess.start(
            [Command.binary, "backfill"] + flags,
            environment: ["DATABASE_URL": database.connectionString(as: .owner)])
    }

    @discardableResult
    func insertProject(_ document: String?) async throws -> String {
        let rows = try await writer.query(
            "INSERT INTO content_creation_requests (generated_output) VALUES ($1::jsonb) RETURNING id::text", [document]
        )
        return try #require(rows.string(0, 0))
    }

    /// Projects of three scenes with two stored images each.
    func insertOldProjects(_ count: Int) async throws {
        try await writer.query(
            """
            INSERT INTO content_creation_requests (generated_output)
            SELECT jsonb_build_object('title', 'old', 'scenes', (
                SELECT jsonb_agg(jsonb_build_object('index', scene, 'imageUrls', jsonb_build_array(
                    'https://old/' || project || '/' || scene || '/0', 'https://old/' || project || '/' || scene || '/1'
                )))
                FROM generate_series(1, 3) AS scene
            ))
            FROM generate_series(1, \(count)) AS project
            """)
    }

    func save(_ url: String, scene: Int, place: Int = 0, of project: String, by session: Session? = nil) async throws {
        try await (session ?? writer).query(Stage.insertion, [project, "\(scene)", "\(place)", url])
    }

    /// As `1/0=url`, in order.
    func rows(of project: String) async throws -> [String] {
        let rows = try await owner.query(
            """
            SELECT scene_index || '/' || image_index || '=' || image_url
            FROM generated_images
            WHERE content_creation_request_id = $1::uuid
            ORDER BY scene_index, image_index
            """, [project])
        return (0..<rows.count).map { rows.string($0, 0) ?? "" }
    }

    func number(_ sql: String) async throws -> Int64? {
        try await owner.query(sql).int64(0, 0)
    }

    /// How many sessions wait for a lock; `condition` of pg_stat_activity.
    func waiting(where condition: String = "true") async throws -> Int64? {
        try await admin.query(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND \(condition)
            """
        ).int64(0, 0)
    }

    /// Every project's merged document, by the oracle.
    func outputs() async throws -> [String: String] {
        let rows = try await owner.query("SELECT id::text FROM content_creation_requests")
        return try await oracle.generatedOutputs(of: (0..<rows.count).compactMap { rows.string($0, 0) })
    }

    /// The documents as they are stored, and what is remembered of deletions.
    func untouched() async throws -> String? {
        try await owner.query(
            """
            SELECT
                (SELECT md5(string_agg(id || coalesce(generated_output::text, '-'), ',' ORDER BY id))
                FROM content_creation_requests)
                || (SELECT md5(coalesce(string_agg(project || ' ' || scene || ' ' || n, ',' ORDER BY n, scene), ''))
                FROM scene_sync.deletions)
            """
        ).string(0, 0)
    }
}

func expectSame(
    _ after: [String: String], as before: [String: String], sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(after.count == before.count, sourceLocation: sourceLocation)
    for (project, output) in before where after[project]?.hasSameBytes(as: output) != true {
        Issue.record("\(project) shows \(after[project] ?? "nothing") after \(output)", sourceLocation: sourceLocation)
    }
}
