import Glibc
import Postgres
import PostgresTestSupport
import Testing

/// A daemon on a migrated database, with one of the app's writers and the oracle beside it.
struct Stage: Sendable {
    let database: Database
    let daemon: DaemonProcess
    /// For single statements: the tests of a suite may share it.
    let writer: Session
    let oracle: Oracle
    let admin: Session
    let client: HTTPClient

    @TaskLocal static var currentOrNil: Stage?

    /// The one of the suite, given by the trait `.daemon`.
    static var current: Stage {
        get throws { try #require(currentOrNil, "the suite has no trait .daemon") }
    }

    /// Returns once the daemon is live, whose way to the database may lead through a proxy.
    static func start(
        _ flags: [String] = [], on database: Database? = nil, through proxy: Proxy? = nil,
        environment: [String: String] = [:]
    ) async throws -> Stage {
        let database = try database ?? Database.current
        let string = proxy.map {
            "host=127.0.0.1 port=\($0.port) user=\(Role.daemon.rawValue) dbname=\(database.name)"
        }
        let daemon = try await DaemonProcess.start(
            flags, database: string ?? database.connectionString(as: .daemon), environment: environment)
        try await daemon.logLine(containing: "live: ", within: .seconds(20))
        return Stage(
            database: database, daemon: daemon, writer: try await database.open(as: .writer),
            oracle: Oracle(try await database.open(as: .owner)),
            admin: try await database.open(as: .superuser), client: daemon.client())
    }

    /// `{"title": …, "scenes": […]}` with scenes numbered from 1.
    static func document(scenes count: Int) -> String {
        let scenes = (0..<count).map { "{\"index\": \($0 + 1), \"prompt\": \"p\($0 + 1)\"}" }
        return "{\"title\": \"t\", \"scenes\": [\(scenes.joined(separator: ", "))]}"
    }

    /// Inserts a project and returns its id.
    func insertProject(_ document: String? = Stage.document(scenes: 3)) async throws -> String {
        let rows = try await writer.query(
            "INSERT INTO content_creation_requests (generated_output) VALUES ($1::jsonb) RETURNING id::text", [document]
        )
        return try #require(rows.string(0, 0))
    }

    /// A statement of the writer's, in which `$1` is the project.
    @discardableResult
    func write(_ sql: String, _ project: String, _ more: String...) async throws -> Rows {
        try await writer.query(sql, [project] + more)
    }

    func save(_ url: String, scene: Int, place: Int = 0, of project: String) async throws {
        try await write(Self.insertion, project, "\(scene)", "\(place)", url)
    }

    static let insertion = """
        INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
        VALUES ($1::uuid, $2::integer, $3::integer, $4)
        """

    func expected(_ project: String) async throws -> String? {
        try await oracle.generatedOutput(of: project)
    }

    /// The value of a metric without labels.
    func metric(_ name: String) async throws -> Int {
        try #require(Int(exactly: try await figure(name)))
    }

    /// The same where it is a decimal.
    func figure(_ name: String) async throws -> Double {
        let lines = try await client.get("/metrics").text.split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("\(name) ") }, "no metric \(name)")
        return try #require(Double(line.dropFirst(name.count + 1)))
    }

    /// The daemon's sessions in the database, the longest idle one first: their process ids.
    func sessions(where condition: String = "true") async throws -> [pid_t] {
        try await sessions("pid", where: condition).map { pid_t($0) }
    }

    /// The ports that they come from.
    func ports(where condition: String) async throws -> Set<Int> {
        Set(try await sessions("client_port", where: condition))
    }

    private func sessions(_ column: String, where condition: String) async throws -> [Int] {
        let rows = try await admin.query(
            """
            SELECT \(column) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = '\(Role.daemon.rawValue)' AND (\(condition))
            ORDER BY state_change
            """)
        return (0..<rows.count).compactMap { rows.int64($0, 0).map { Int($0) } }
    }
}

/// Gives a suite one database and one daemon. Its tests share them, each with projects of its own.
struct DaemonTrait: SuiteTrait, TestScoping {
    let flags: [String]

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Database.with(.sceneSync, on: Server.shared) { database in
            let stage = try await Stage.start(flags, on: database)
            try await Stage.$currentOrNil.withValue(stage) { try await function() }
            stage.daemon.kill()
            _ = await stage.daemon.waitForExit()
        }
    }
}

extension Trait where Self == DaemonTrait {
    static func daemon(_ flags: String...) -> Self {
        DaemonTrait(flags: flags)
    }
}
