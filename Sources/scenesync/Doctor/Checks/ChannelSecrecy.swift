import Postgres

/// Who could learn the channel's name, and with it forge changes.
struct ChannelSecrecy: Check {
    let subject = "channel"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask(
            """
            SELECT
                role.rolname,
                CASE
                    WHEN pg_has_role(role.oid, $1::name, 'MEMBER') THEN 'as a member of ' || $1::name
                    WHEN daemon.name IS NOT NULL THEN 'as a member of ' || daemon.name
                    WHEN has_schema_privilege(role.oid, namespace.oid, 'USAGE')
                        AND has_function_privilege(role.oid, channel.oid, 'EXECUTE')
                        THEN 'by EXECUTE on scene_sync.channel()'
                    WHEN has_schema_privilege(role.oid, namespace.oid, 'USAGE')
                        AND has_any_column_privilege(role.oid, settings.oid, 'SELECT')
                        THEN 'by SELECT on scene_sync.settings'
                    WHEN pg_has_role(role.oid, (SELECT oid FROM pg_roles WHERE rolname = 'pg_read_all_stats'), 'MEMBER')
                        THEN 'by what pg_read_all_stats shows of other sessions'
                END
            FROM pg_roles AS role
            CROSS JOIN pg_namespace AS namespace
            JOIN pg_class AS settings ON settings.relnamespace = namespace.oid AND settings.relname = 'settings'
            JOIN pg_proc AS channel ON channel.pronamespace = namespace.oid AND channel.proname = 'channel'
            LEFT JOIN LATERAL (
                SELECT known.rolname AS name
                FROM pg_roles AS known
                WHERE known.rolname = ANY ($2::text[]) AND pg_has_role(role.oid, known.oid, 'MEMBER')
                LIMIT 1
            ) AS daemon ON true
            WHERE namespace.nspname = 'scene_sync'
                AND role.rolcanlogin
                AND NOT role.rolsuper
                AND role.rolname <> $1::name
                AND role.rolname <> ALL ($2::text[])
            ORDER BY 1
            """, [deployment.owner, deployment.daemonRoles.sqlArray])
        let exposed = (0..<rows.count).compactMap { row in
            rows.string(row, 1).map { "\(rows.string(row, 0) ?? "") \($0)" }
        }
        let superusers = try await deployment.ask("SELECT count(*) FROM pg_roles WHERE rolsuper AND rolcanlogin")
        guard exposed.isEmpty else {
            return [
                .warning(
                    "could learn the channel's name and forge changes: \(exposed.joined(separator: ", "))",
                    cure: "REVOKE that where it is not meant; for a new name: UPDATE scene_sync.settings SET channel = "
                        + "'scene_sync_' || replace(gen_random_uuid()::text, '-', ''), then restart the daemons")
            ]
        }
        return [
            .ok(
                "known to \(([deployment.owner] + deployment.daemonRoles).joined(separator: ", ")) alone, "
                    + "besides \(Int(superusers.int64(0, 0) ?? 0).of("superuser"))")
        ]
    }
}
