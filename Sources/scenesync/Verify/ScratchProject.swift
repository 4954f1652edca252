import FoundationEssentials
import Postgres
import ProjectSync

/// The project that `verify` works on: a row of its own, or one of the app's that is lent and given back.
struct ScratchProject: Sendable {
    /// The ids of rows of our own begin with this, and tell when they were made.
    private static let prefix = "5ce9e57c-7e51-4000-8000-"
    private static let abandoned_seconds = 900

    let id: ProjectID
    let isLent: Bool
    private let tables: AppTables
    /// What goes before the scenes' numbers: of a lent project none that a scene has, or had, since what is remembered
    /// of one would end the fallback of its stored images.
    private let base: Int32

    /// A row of its own, unless a project is lent.
    init(_ tables: AppTables, lent: ProjectID?) throws {
        let name = Self.prefix + Self.time(Self.now) + Self.hexadecimal(Int.random(in: 0..<0x10000), digits: 4)
        guard let id = lent ?? ProjectID(name) else { throw VerifyFailure("\(name) is no id") }
        self.id = id
        self.tables = tables
        isLent = lent != nil
        base = isLent ? Int32.random(in: 62_500_000..<125_000_000) * 16 : 0
    }

    /// Puts it, with our document, into the table.
    func make(_ session: Session) async throws -> ScratchDocument {
        do {
            return isLent ? try await lend(session) : try await insert(session)
        } catch PostgresError.server(let error) {
            throw VerifyFailure("\(error.message). \(Self.advice(error))")
        }
    }

    /// Removes the row and its images, or gives the project back as it was.
    func remove(_ session: Session) async throws {
        guard !isLent else { return try await giveBack(session) }
        for (table, column) in [(tables.images, "content_creation_request_id"), (tables.projects, "id")] {
            try await session.query("DELETE FROM \(table) WHERE \(column) = $1::uuid", [id.description])
        }
    }

    private func insert(_ session: Session) async throws -> ScratchDocument {
        try await removeAbandoned(session)
        let document = ScratchDocument(base: base, before: nil)
        try await session.query(
            "INSERT INTO \(tables.projects) (id, generated_output) VALUES ($1::uuid, $2::jsonb)",
            [id.description, document.text(nil)])
        return document
    }

    /// Our document holds the project's own meanwhile, so that a killed `verify` loses nothing: the next one gives
    /// it back first.
    private func lend(_ session: Session) async throws -> ScratchDocument {
        try await giveBack(session)
        let rows = try await session.query(
            "SELECT generated_output::text FROM \(tables.projects) WHERE id = $1::uuid", [id.description])
        guard rows.count == 1 else { throw VerifyFailure("there is no project \(id)") }
        let document = ScratchDocument(base: base, before: rows.string(0, 0))
        let updated = try await session.query(
            """
            UPDATE \(tables.projects)
            SET generated_output = $2::jsonb
            WHERE id = $1::uuid AND generated_output::text IS NOT DISTINCT FROM $3
            """, [id.description, document.text(nil), rows.string(0, 0)])
        guard updated.affected == 1 else { throw VerifyFailure("the project \(id) is being changed by somebody else") }
        return document
    }

    /// Nothing happens to a project that has not our document.
    private func giveBack(_ session: Session) async throws {
        let isOurs = "generated_output ->> 'title' = $2 AND generated_output ->> 'n' = '1.10'"
        for statement in [
            """
            DELETE FROM \(tables.images)
            WHERE content_creation_request_id = $1::uuid
                AND scene_index IN (
                    SELECT (scene ->> 'index')::integer
                    FROM \(tables.projects), jsonb_array_elements(generated_output -> 'scenes') AS scene
                    WHERE id = $1::uuid AND \(isOurs)
                )
            """,
            """
            UPDATE \(tables.projects)
            SET generated_output = generated_output -> 'before'
            WHERE id = $1::uuid AND \(isOurs)
            """,
        ] {
            try await session.query(statement, [id.description, ScratchDocument.title])
        }
    }

    /// What a `verify` has left that was killed.
    private func removeAbandoned(_ session: Session) async throws {
        let found = """
            SELECT id FROM \(tables.projects)
            WHERE id BETWEEN $1::uuid AND $2::uuid AND generated_output ->> 'title' = $3
            """
        let last = Self.prefix + Self.time(Self.now - Self.abandoned_seconds) + "ffff"
        for (table, column) in [(tables.images, "content_creation_request_id"), (tables.projects, "id")] {
            try await session.query(
                "DELETE FROM \(table) WHERE \(column) IN (\(found))",
                [Self.prefix + "000000000000", last, ScratchDocument.title])
        }
    }

    private static func advice(_ error: ServerError) -> String {
        error.sqlstate == "42501"
            ? "verify writes as the app does: give it the app's connection string"
            : "Where the app wants more of its rows, name a project with --project that verify may use for a moment"
    }

    private static var now: Int { Int(Date().timeIntervalSince1970) }

    private static func time(_ seconds: Int) -> String {
        hexadecimal(seconds, digits: 8)
    }

    private static func hexadecimal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
