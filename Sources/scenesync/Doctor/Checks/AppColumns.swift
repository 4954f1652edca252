import Migrations
import Postgres

/// The app's two tables, with the columns that are read and written.
struct AppColumns: Check {
    let subject = "app tables"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask(
            """
            SELECT
                needed.relation,
                relation.oid IS NOT NULL,
                string_agg(needed.name || ' ' || needed.type, ', ') FILTER (WHERE attribute.attname IS NULL)
            FROM (
                VALUES \(UnfitColumns.needed)
            ) AS needed (relation, name, type)
            LEFT JOIN pg_namespace AS namespace ON namespace.nspname = $1
            LEFT JOIN pg_class AS relation
                ON relation.relnamespace = namespace.oid AND relation.relname = needed.relation
            LEFT JOIN pg_attribute AS attribute
                ON attribute.attrelid = relation.oid
                AND attribute.attname = needed.name
                AND format_type(attribute.atttypid, NULL) = needed.type
                AND NOT attribute.attisdropped
            GROUP BY 1, 2
            ORDER BY 1
            """, [deployment.schema])
        let findings = (0..<rows.count).compactMap { row -> Finding? in
            let table = "\(deployment.schema).\(rows.string(row, 0) ?? "")"
            guard rows.bool(row, 1) == true else { return Self.missing(table) }
            return rows.string(row, 2).map { columns in
                .problem("\(table) lacks columns: \(columns)", cure: "add them, with these types")
            }
        }
        return findings.isEmpty ? [.ok("both are in the schema \(deployment.schema)")] : findings
    }

    private static func missing(_ table: String) -> Finding {
        .problem(
            "the table \(table) is missing",
            cure: table.hasSuffix("images")
                ? "run scenesync migrate, which makes it" : "create the app's tables, or name their schema by --schema")
    }
}
