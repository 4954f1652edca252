import Postgres

/// Row security does not stand between our functions' owner and the app's rows.
struct HiddenRows: Check {
    let subject = "row security"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        // By the catalog, as row_security_active answers for the asking role alone.
        let rows = try await deployment.ask(
            """
            SELECT
                relation.relname,
                relation.relforcerowsecurity,
                pg_has_role($2::name, relation.relowner, 'USAGE')
            FROM pg_class AS relation
            JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
            WHERE namespace.nspname = $1
                AND relation.relname IN ('content_creation_requests', 'generated_images')
                AND relation.relrowsecurity
                AND (relation.relforcerowsecurity OR NOT pg_has_role($2::name, relation.relowner, 'USAGE'))
                AND NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = $2::name)
            ORDER BY 1
            """, [deployment.schema, deployment.owner])
        let owner = deployment.owner
        let findings = (0..<rows.count).map { row -> Finding in
            let table = "\(deployment.schema).\(rows.string(row, 0) ?? "")"
            let isForced = rows.bool(row, 1) == true && rows.bool(row, 2) == true
            return .problem(
                "row security of \(table) holds for \(owner), as whom the daemon loads: every load fails",
                cure: isForced
                    ? "ALTER TABLE \(table) NO FORCE ROW LEVEL SECURITY, or ALTER ROLE \(owner) BYPASSRLS"
                    : "ALTER ROLE \(owner) BYPASSRLS")
        }
        return findings.isEmpty ? [.ok("it hides nothing from \(owner), as whom the daemon loads")] : findings
    }
}
