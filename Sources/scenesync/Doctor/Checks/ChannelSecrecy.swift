import Postgres

/// Who could learn the key of what is notified, and with it forge changes; and who the channel's name, and with it listen.
struct ChannelSecrecy: Check {
    let subject = "channel"

    private static let cure =
        "REVOKE that where it is not meant; for a new name and a new key: CALL scene_sync.renew_secrets(), then restart "
        + "the daemons"

    func examine(_ deployment: Deployment) async throws -> [Finding] {
        let rows = try await deployment.ask(Self.question, [deployment.owner, deployment.daemonRoles.sqlArray])
        let forgers = Self.roles(rows, mayForge: true)
        let listeners = Self.roles(rows, mayForge: false)
        var findings: [Finding] = []
        if !forgers.isEmpty {
            findings.append(
                .warning(
                    "could learn the key and forge changes: \(forgers.joined(separator: ", "))", cure: Self.cure))
        }
        if !listeners.isEmpty {
            findings.append(
                .warning(
                    "could learn the channel's name and read what is announced, ids and URLs, but forge nothing: "
                        + listeners.joined(separator: ", "), cure: Self.cure))
        }
        if !findings.isEmpty { return findings }
        let superusers = try await deployment.ask("SELECT count(*) FROM pg_roles WHERE rolsuper AND rolcanlogin")
        return [
            .ok(
                "known to \(([deployment.owner] + deployment.daemonRoles).joined(separator: ", ")) alone, "
                    + "besides \(Int(superusers.int64(0, 0) ?? 0).of("superuser"))")
        ]
    }

    private static func roles(_ rows: Rows, mayForge: Bool) -> [String] {
        (0..<rows.count).compactMap { row in
            guard rows.bool(row, 2) == mayForge else { return nil }
            return rows.string(row, 1).map { "\(rows.string(row, 0) ?? "") \($0)" }
        }
    }

    /// Of the ways that a role has, the one that leads farthest.
    private static let question = """
        SELECT role.rolname, COALESCE(forging.way, listening.way), forging.way IS NOT NULL
        FROM pg_roles AS role
        CROSS JOIN pg_namespace AS namespace
        JOIN pg_class AS settings ON settings.relnamespace = namespace.oid AND settings.relname = 'settings'
        JOIN pg_proc AS channel ON channel.pronamespace = namespace.oid AND channel.proname = 'channel'
        LEFT JOIN pg_proc AS signing_key
            ON signing_key.pronamespace = namespace.oid AND signing_key.proname = 'signing_key'
        LEFT JOIN LATERAL (
            SELECT known.rolname AS name
            FROM pg_roles AS known
            WHERE known.rolname = ANY ($2::text[]) AND pg_has_role(role.oid, known.oid, 'MEMBER')
            LIMIT 1
        ) AS daemon ON true
        CROSS JOIN LATERAL (
            SELECT
                has_schema_privilege(role.oid, namespace.oid, 'USAGE') AS usage,
                COALESCE(
                    bool_or(has_column_privilege(role.oid, settings.oid, attribute.attnum, 'SELECT'))
                        FILTER (WHERE attribute.attname IN ('signing_key', 'inner_pad', 'outer_pad')),
                    false
                ) AS of_key,
                COALESCE(
                    bool_or(has_column_privilege(role.oid, settings.oid, attribute.attnum, 'SELECT'))
                        FILTER (WHERE attribute.attname = 'channel'),
                    false
                ) AS of_channel
            FROM pg_attribute AS attribute
            WHERE attribute.attrelid = settings.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
        ) AS may
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN pg_has_role(role.oid, $1::name, 'MEMBER') THEN 'as a member of ' || $1::name
                WHEN daemon.name IS NOT NULL THEN 'as a member of ' || daemon.name
                WHEN may.usage AND has_function_privilege(role.oid, signing_key.oid, 'EXECUTE')
                    THEN 'by EXECUTE on scene_sync.signing_key()'
                WHEN may.usage AND may.of_key THEN 'by SELECT on scene_sync.settings'
            END AS way
        ) AS forging
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN may.usage AND has_function_privilege(role.oid, channel.oid, 'EXECUTE')
                    THEN 'by EXECUTE on scene_sync.channel()'
                WHEN may.usage AND may.of_channel THEN 'by SELECT on scene_sync.settings'
                WHEN pg_has_role(role.oid, (SELECT oid FROM pg_roles WHERE rolname = 'pg_read_all_stats'), 'MEMBER')
                    THEN 'by what pg_read_all_stats shows of other sessions'
            END AS way
        ) AS listening
        WHERE namespace.nspname = 'scene_sync'
            AND role.rolcanlogin
            AND NOT role.rolsuper
            AND role.rolname <> $1::name
            AND role.rolname <> ALL ($2::text[])
        ORDER BY 1
        """
}
