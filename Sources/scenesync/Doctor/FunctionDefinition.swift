import Postgres

/// A function as one of our scripts makes it, to be compared with the one that a database has.
struct FunctionDefinition: Equatable {
    enum State {
        case asMade, missing, different
    }

    let schema: String
    let name: String
    let body: String
    let runsAsOwner: Bool
    /// As `pg_proc.proconfig` has them, in the order of the script.
    let settings: [String]

    /// Nil for a script of something else. In a script of ours each clause is a line, and the body is between `$$`.
    init?(_ script: Script) {
        let parts = script.text.split(separator: "$$", omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return nil }
        let lines = parts[0].split(separator: "\n")
        let opening = lines.compactMap { line in
            ["FUNCTION", "PROCEDURE"].compactMap { Self.rest(of: line, after: "CREATE OR REPLACE \($0) ") }.first
        }.first
        guard let full = opening?.prefix(while: { $0 != "(" }).split(separator: "."), full.count == 2 else {
            return nil
        }
        schema = String(full[0])
        name = String(full[1])
        body = parts[1..<parts.count - 1].joined(separator: "$$")
        runsAsOwner = lines.contains("SECURITY DEFINER")
        settings = lines.compactMap { line in
            Self.rest(of: line, after: "SET ").map { setting in
                String(setting.replacing(" = ", with: "=", maxReplacements: 1).filter { $0 != "'" })
            }
        }
    }

    var fullName: String { "\(schema).\(name)" }

    func state(in session: Session) async throws -> State {
        let rows = try await session.query(
            """
            SELECT
                routine.prosrc = $3 AND routine.prosecdef = $4::boolean
                    AND COALESCE(array_to_string(routine.proconfig, E'\\n'), '') = $5
            FROM pg_catalog.pg_proc AS routine
            JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = routine.pronamespace
            WHERE namespace.nspname = $1 AND routine.proname = $2
            ORDER BY 1 DESC
            LIMIT 1
            """, [schema, name, body, "\(runsAsOwner)", settings.joined(separator: "\n")])
        guard rows.count > 0 else { return .missing }
        return rows.bool(0, 0) == true ? .asMade : .different
    }

    private static func rest(of line: Substring, after start: String) -> Substring? {
        line.hasPrefix(start) ? line.dropFirst(start.count) : nil
    }
}
