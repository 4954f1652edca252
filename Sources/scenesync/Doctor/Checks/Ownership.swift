import Postgres

/// The owner of our functions still has what they use: they run with its rights in every writer's statement.
struct Ownership: Check {
    let subject = "ownership"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask(
            """
            WITH relation AS (
                SELECT
                    class.oid,
                    namespace.nspname || '.' || class.relname AS name,
                    class.relkind,
                    class.relowner
                FROM pg_class AS class
                JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
                WHERE (
                        namespace.nspname = $1
                        AND class.relname IN ('content_creation_requests', 'generated_images')
                    )
                    OR (namespace.nspname = 'scene_sync' AND class.relkind IN ('r', 'S'))
            )
            SELECT
                (
                    SELECT string_agg(relation.name || ' (owner ' || pg_get_userbyid(relation.relowner) || ')', ', ')
                    FROM relation
                    WHERE NOT CASE relation.relkind
                        WHEN 'S' THEN has_sequence_privilege($2::name, relation.oid, 'USAGE')
                        ELSE has_table_privilege($2::name, relation.oid, 'SELECT')
                            AND has_table_privilege($2::name, relation.oid, 'INSERT')
                            AND has_table_privilege($2::name, relation.oid, 'DELETE')
                    END
                ),
                (
                    SELECT string_agg(needed.name, ', ')
                    FROM (
                        VALUES
                            ('pg_try_advisory_xact_lock_shared(integer,integer)'),
                            ('pg_notify(text,text)'),
                            ('pg_current_xact_id()')
                    ) AS needed (name)
                    WHERE NOT has_function_privilege($2::name, 'pg_catalog.' || needed.name, 'EXECUTE')
                ),
                (
                    SELECT string_agg(DISTINCT pg_get_userbyid(routine.proowner), ', ')
                    FROM pg_proc AS routine
                    JOIN pg_namespace AS namespace ON namespace.oid = routine.pronamespace
                    WHERE namespace.nspname IN ('scene_sync', 'scene_sync_api')
                        AND pg_get_userbyid(routine.proowner) <> $2::name
                )
            """, [deployment.schema, deployment.owner])
        let owner = deployment.owner
        var findings: [Finding] = []
        if let tables = rows.string(0, 0) {
            findings.append(
                .problem(
                    "our functions run as \(owner), who has lost rights on \(tables): writers fail",
                    cure: "GRANT ALL ON those TO \(owner), or REASSIGN OWNED BY \(owner) TO the tables' owner"))
        }
        if let functions = rows.string(0, 1) {
            findings.append(
                .problem(
                    "our functions run as \(owner), who may not call \(functions): writers fail",
                    cure: "GRANT EXECUTE ON FUNCTION \(functions) TO \(owner)"))
        }
        if let others = rows.string(0, 2) {
            findings.append(
                .warning(
                    "some of our functions belong to \(others), the rest to \(owner)",
                    cure: "let one role own them: REASSIGN OWNED BY … TO \(owner)"))
        }
        return findings.isEmpty ? [.ok("our functions run as \(owner), who has the rights they use")] : findings
    }
}
