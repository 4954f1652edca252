import Postgres

/// Who may write the app's tables may also do what our triggers ask of a writer, and save by `scene_sync_api`.
struct WriterRights: Check {
    let subject = "writers' roles"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask(
            """
            SELECT
                role.rolname,
                -- The WHEN of a trigger runs as the writer; a trigger's function needs no right of the writer's.
                has_function_privilege(role.oid, 'pg_catalog.record_image_ne(record,record)', 'EXECUTE'),
                (
                    SELECT string_agg(routine.proname, ', ' ORDER BY routine.proname)
                    FROM pg_proc AS routine
                    JOIN pg_namespace AS namespace ON namespace.oid = routine.pronamespace
                    WHERE namespace.nspname = 'scene_sync_api'
                        AND routine.prorettype <> 'trigger'::regtype
                        AND NOT (
                            has_schema_privilege(role.oid, namespace.oid, 'USAGE')
                            AND has_function_privilege(role.oid, routine.oid, 'EXECUTE')
                        )
                )
            FROM (
                SELECT DISTINCT acl.grantee
                FROM pg_class AS relation
                JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
                CROSS JOIN aclexplode(relation.relacl) AS acl
                WHERE namespace.nspname = $1
                    AND relation.relname IN ('content_creation_requests', 'generated_images')
                    AND acl.privilege_type IN ('INSERT', 'UPDATE', 'DELETE')
                UNION
                SELECT oid FROM pg_roles WHERE rolname = $2
            ) AS writer
            JOIN pg_roles AS role ON role.oid = writer.grantee
            ORDER BY role.rolname
            """, [deployment.schema, deployment.owner])
        let findings = (0..<rows.count).flatMap { row in
            Self.findings(
                rows.string(row, 0) ?? "", mayCompare: rows.bool(row, 1) == true, lacking: rows.string(row, 2))
        }
        let names = rows.strings(0).joined(separator: ", ")
        return findings.isEmpty ? [.ok("\(names): whatever they write is announced")] : findings
    }

    private static func findings(_ role: String, mayCompare: Bool, lacking: String?) -> [Finding] {
        var findings: [Finding] = []
        if !mayCompare {
            findings.append(
                .problem(
                    "\(role) may not call record_image_ne, by which our trigger compares documents: its updates fail",
                    cure: "GRANT EXECUTE ON FUNCTION pg_catalog.record_image_ne(record, record) TO \(role)"))
        }
        if let lacking {
            findings.append(
                .warning(
                    "\(role) may write the tables, and may not call \(lacking) of scene_sync_api",
                    cure: "GRANT USAGE ON SCHEMA scene_sync_api TO \(role); "
                        + "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA scene_sync_api TO \(role)"))
        }
        return findings
    }
}
