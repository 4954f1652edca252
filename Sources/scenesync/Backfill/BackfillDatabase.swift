import ChangeFeed
import Postgres
import ProjectSync

/// The database as a backfill sees it: projects page by page, and how far an earlier one has come.
struct BackfillDatabase {
    /// A project that may have pictures stored in its document.
    struct Candidate {
        let id: ProjectID
        /// About what its document takes, compressed.
        let size_bytes: Int
    }

    /// Consecutive projects, of which those with stored pictures are candidates.
    struct Page {
        let count: Int
        let last: ProjectID
        let candidates: [Candidate]
    }

    private static let pageSize = 500

    let session: Session
    let schema: String
    /// The names of the app's tables, quoted.
    let images: String
    let projects: String
    /// Whether a new image holds its project's row until its transaction ends. Without, the whole table tells.
    let hasForeignKey: Bool

    /// Refuses a role that does not own the tables, and a database that `migrate` has not brought up to date.
    static func open(_ connectionString: String, schema: String?, readOnly: Bool) async throws -> BackfillDatabase {
        let options = ["statement_timeout": "0", "row_security": "off", "jit": "off"]
        let session = try await Session.open(
            ConnectionSettings(connectionString, applicationName: "scenesync backfill", options: options),
            on: try PollLoop.start(name: "backfill"))
        let owner = try await session.query(
            """
            SELECT pg_has_role(class.relowner, 'USAGE'), current_user::text
            FROM pg_class AS class
            JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
            WHERE namespace.nspname = 'scene_sync' AND class.relname = 'settings'
            """)
        guard owner.count == 1 else { throw StartError("this database is not set up: run `scenesync migrate` first") }
        guard owner.bool(0, 0) == true else {
            throw StartError(
                "backfill copies as the owner of the app's tables, not as \(owner.string(0, 1) ?? "this role")")
        }
        let recorded = try await session.query("SELECT app_schema FROM scene_sync.settings").string(0, 0) ?? "public"
        let pending = try await Installation(connectionString, schema: schema ?? recorded, daemonRole: nil).status()
            .count { $0.state != .applied }
        guard pending == 0 else {
            throw StartError("\(pending) scripts of this version are not applied yet: run `scenesync migrate` first")
        }
        if readOnly { try await session.query("SET default_transaction_read_only = on") }
        return try await BackfillDatabase(session, schema: recorded)
    }

    private init(_ session: Session, schema: String) async throws {
        self.session = session
        self.schema = schema
        images = Installation.quoted(schema) + ".generated_images"
        projects = Installation.quoted(schema) + ".content_creation_requests"
        // The app's triggers find what they name as they do when the daemon saves.
        try await session.query("SELECT set_config('search_path', format('%I, pg_temp', $1::text), false)", [schema])
        hasForeignKey =
            try await session.query(
                """
                SELECT EXISTS (
                    SELECT
                    FROM pg_constraint AS key
                    JOIN pg_trigger AS enforcing ON enforcing.tgconstraint = key.oid
                    WHERE key.contype = 'f'
                        AND key.conrelid = to_regclass($1)
                        AND key.confrelid = to_regclass($2)
                        AND enforcing.tgrelid = key.conrelid
                        AND enforcing.tgenabled IN ('O', 'A')
                        AND key.conkey = ARRAY (
                            SELECT attnum FROM pg_attribute
                            WHERE attrelid = key.conrelid AND attname = 'content_creation_request_id'
                        )
                        AND key.confkey = ARRAY (
                            SELECT attnum FROM pg_attribute WHERE attrelid = key.confrelid AND attname = 'id'
                        )
                )
                """, [images, projects]
            ).bool(0, 0) == true
    }

    func count(after project: ProjectID?) async throws -> Int {
        let rows = try await session.query(
            "SELECT count(*) FROM \(projects) WHERE \(Self.condition(project))", Self.parameters(project))
        return Int(rows.int64(0, 0) ?? 0)
    }

    /// In the order of the key; nil at the end.
    func page(after project: ProjectID?) async throws -> Page? {
        try await page(
            """
            WHERE \(Self.condition(project))
            ORDER BY request.id
            LIMIT \(Self.pageSize)
            """, Self.parameters(project))
    }

    /// Nil if there is no such project.
    func page(of project: ProjectID) async throws -> Page? {
        try await page("WHERE request.id = $1::uuid", [project.description])
    }

    func load(_ ids: [ProjectID]) async throws -> [Project] {
        try await ProjectLoader(session: session).load(ids).compactMap(\.project)
    }

    private func page(_ clauses: String, _ parameters: [String?]) async throws -> Page? {
        // The path finds too much rather than too little: what is found is loaded and looked at.
        let rows = try await session.queryPrepared(
            """
            SELECT
                request.id::text,
                request.generated_output @? '$.scenes[*].imageUrls[0]',
                pg_column_size(request.generated_output)
            FROM \(projects) AS request
            \(clauses)
            """, parameters)
        let ids = (0..<rows.count).compactMap { rows.string($0, 0).flatMap { ProjectID($0) } }
        guard let last = ids.last else { return nil }
        let candidates = ids.indices.filter { rows.bool($0, 1) == true }
            .map { Candidate(id: ids[$0], size_bytes: Int(rows.int64($0, 2) ?? 0)) }
        return Page(count: ids.count, last: last, candidates: candidates)
    }

    private static func condition(_ project: ProjectID?) -> String {
        project == nil ? "true" : "id > $1::uuid"
    }

    private static func parameters(_ project: ProjectID?) -> [String?] {
        project.map { [$0.description] } ?? []
    }
}
