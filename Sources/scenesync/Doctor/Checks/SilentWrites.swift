import Postgres

/// Writes that fire no trigger, so that only the daemon's audit finds them.
struct SilentWrites: Check {
    let subject = "silent writes"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let findings = try await replicaRoles(deployment) + childTables(deployment) + subscribedTables(deployment)
        return findings.isEmpty ? [.ok("none are to be expected")] : findings
    }

    private func replicaRoles(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask(
            """
            SELECT string_agg(DISTINCT COALESCE(role.rolname, 'everybody in this database'), ', ')
            FROM pg_db_role_setting AS kept
            LEFT JOIN pg_roles AS role ON role.oid = kept.setrole
            WHERE kept.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
                AND 'session_replication_role=replica' = ANY (kept.setconfig)
            """)
        guard let roles = rows.string(0, 0) else { return [] }
        return [
            .problem(
                "session_replication_role is replica for \(roles): their writes fire no trigger",
                cure: "ALTER ROLE … RESET session_replication_role (or ALTER DATABASE …)")
        ]
    }

    /// What a subscription applies fires row triggers at most, and ours are of statements.
    private func subscribedTables(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask(
            """
            SELECT string_agg(relation.relname, ', ' ORDER BY relation.relname)
            FROM pg_subscription_rel AS subscribed
            JOIN pg_class AS relation ON relation.oid = subscribed.srrelid
            JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
            WHERE namespace.nspname = $1
                AND relation.relname IN ('content_creation_requests', 'generated_images')
            """, [deployment.schema])
        guard let tables = rows.string(0, 0) else { return [] }
        return [
            .warning(
                "a subscription fills \(tables): rows that are replicated here fire no statement's trigger",
                cure: "let the daemon serve from the publisher")
        ]
    }

    private func childTables(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask(
            """
            SELECT string_agg(child.relname, ', ' ORDER BY child.relname)
            FROM pg_inherits AS link
            JOIN pg_class AS parent ON parent.oid = link.inhparent
            JOIN pg_class AS child ON child.oid = link.inhrelid
            JOIN pg_namespace AS namespace ON namespace.oid = parent.relnamespace
            WHERE namespace.nspname = $1
                AND parent.relname IN ('content_creation_requests', 'generated_images')
                AND parent.relkind IN ('r', 'p')
            """, [deployment.schema])
        guard let tables = rows.string(0, 0) else { return [] }
        return [
            .warning(
                "statements on partitions or child tables (\(tables)) fire no trigger of their parent",
                cure: "let writers name the parent table")
        ]
    }
}
