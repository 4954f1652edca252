import Postgres
import PostgresTestSupport
import Testing

/// Who knows the channel can listen, and who knows the key can forge: both are for the owner and the daemon.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct SecrecyTests {
    /// Where `text` stands in anything that `session` may read, but the tables of `scene_sync` itself.
    private func places(of text: String, for session: Session) async throws -> [String] {
        let relations = try await session.query(
            """
            SELECT format('%I.%I', namespace.nspname, class.relname)
            FROM pg_class AS class
            JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
            WHERE class.relkind IN ('r', 'v', 'm', 'p', 'f')
                -- These two say what others do, and take seconds.
                AND class.relname NOT IN ('element_types', 'data_type_privileges')
            """)
        #expect(relations.count > 150)
        var places: [String] = []
        for row in 0..<relations.count {
            let relation = relations.string(row, 0) ?? ""
            do {
                let found = try await session.query(
                    "SELECT count(*) FROM \(relation) AS entry WHERE strpos(entry::text, $1) > 0", [text])
                if found.int64(0, 0) != 0 { places.append(relation) }
            } catch let error as PostgresError where ["42501", "55000", "0A000"].contains(error.sqlstate) {
                // No right, or nothing that is read like this.
            } catch let error as PostgresError where relation.hasSuffix("_numa") && error.sqlstate == "XX000" {
                // A machine that is not of that kind.
            }
        }
        return places
    }

    @Test func `the key stands in nothing that others may read`() async throws {
        let feed = try await Feed()
        let key = try #require(try await feed.daemon.query("SELECT scene_sync.signing_key()").string(0, 0))
        try await feed.write("INSERT INTO @images VALUES (@A, 3, 0, 'x')")
        try await feed.owner.query("ANALYZE")
        let stranger = try await Database.current.openAsStranger()

        let seen = [try await places(of: key, for: feed.writer), try await places(of: key, for: stranger)]

        #expect(key.utf8.count == 64)
        #expect(seen == [[], []])
        // As for the search: the owner finds it.
        let admin = try await Database.current.open(as: .superuser)
        #expect(try await places(of: key, for: admin) == ["scene_sync.settings"])
    }

    @Test func `the channel stands in nothing that others may read`() async throws {
        let feed = try await Feed()
        try await feed.write("INSERT INTO @images VALUES (@A, 3, 0, 'x')")
        try await feed.owner.query("ANALYZE")
        let stranger = try await Database.current.openAsStranger()

        let seen = [
            try await places(of: feed.channel, for: feed.writer), try await places(of: feed.channel, for: stranger),
        ]

        #expect(seen == [[], []])
        // The search finds what there is to find.
        try await feed.daemon.query("LISTEN \"\(feed.channel)\"")
        let admin = try await Database.current.open(as: .superuser)
        let places = try await places(of: feed.channel, for: admin)
        #expect(places.contains("scene_sync.settings") && places.contains("pg_catalog.pg_stat_activity"))
    }

    @Test(
        arguments: [
            "trace_notify = on", "debug_print_plan = on; SET debug_print_rewritten = on", "log_statement = 'all'",
        ], Feed.Way.allCases)
    func `no message to a writer names the channel`(_ setting: String, _ way: Feed.Way) async throws {
        let feed = try await Feed(by: way)
        let raw = try RawConnection(Database.current.connectionString(as: .writer))
        try raw.run("SET client_min_messages = 'debug5'")
        try? raw.run("SET \(setting)")

        try raw.run("INSERT INTO @images VALUES (@A, 3, 0, 'x')".withNames)
        try raw.run("INSERT INTO @images VALUES (@A, 4, 0, 'x'), (@A, 5, 0, 'y')".withNames)
        try raw.run("UPDATE generated_images SET image_url = 'x'")
        try raw.run("DELETE FROM generated_images")
        try raw.run("UPDATE content_creation_requests SET generated_output = '1'")
        try raw.run("INSERT INTO content_creation_requests (id) VALUES (@D)".withNames)
        try raw.run("DELETE FROM content_creation_requests WHERE id = @D".withNames)
        try raw.run("TRUNCATE content_creation_requests CASCADE")

        #expect(try await feed.heard().count > 8)
        #expect(!raw.notices.isEmpty)
        let telling = raw.notices.filter { $0.contains(feed.channel) }
        #expect(telling.isEmpty, "\(telling.first ?? "")")
    }

    @Test(arguments: ["settings", "deletions", "changes", "answers", "applied", "change_number"])
    func `our tables are closed to writer and daemon`(_ relation: String) async throws {
        let feed = try await Feed()

        for session in [feed.writer, feed.daemon, try await Database.current.openAsStranger()] {
            let error = await #expect(throws: PostgresError.self) {
                try await session.query("SELECT FROM scene_sync.\(relation)")
            }
            #expect(error?.sqlstate == "42501")
        }
    }

    @Test func `nobody else takes our numbers`() async throws {
        let feed = try await Feed()

        for session in [feed.writer, feed.daemon, try await Database.current.openAsStranger()] {
            for call in ["nextval('scene_sync.change_number')", "setval('scene_sync.change_number', 1)"] {
                let error = await #expect(throws: PostgresError.self) { try await session.query("SELECT \(call)") }
                #expect(error?.sqlstate == "42501")
            }
        }
    }

    @Test func `the daemon reads no table`() async throws {
        let feed = try await Feed()

        for table in ["content_creation_requests", "generated_images"] {
            let error = await #expect(throws: PostgresError.self) {
                try await feed.daemon.query("SELECT FROM \(table)")
            }
            #expect(error?.sqlstate == "42501")
        }
    }

    @Test func `everybody has no right on anything of ours`() async throws {
        let owner = try await Database.current.open()

        let rights = try await owner.query(
            """
            SELECT acl.name, right_.privilege_type
            FROM (
                SELECT nspname::text AS name, coalesce(nspacl, acldefault('n', nspowner)) AS list
                FROM pg_namespace WHERE nspname = 'scene_sync'
                UNION ALL
                SELECT relname, coalesce(relacl, acldefault('r', relowner))
                FROM pg_class WHERE relnamespace = 'scene_sync'::regnamespace AND relkind IN ('r', 'v')
                UNION ALL
                SELECT relname, coalesce(relacl, acldefault('s', relowner))
                FROM pg_class WHERE relnamespace = 'scene_sync'::regnamespace AND relkind = 'S'
                UNION ALL
                SELECT proname, coalesce(proacl, acldefault('f', proowner))
                FROM pg_proc WHERE pronamespace = 'scene_sync'::regnamespace
                UNION ALL
                SELECT attname, attacl
                FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
                WHERE relnamespace = 'scene_sync'::regnamespace
            ) AS acl, aclexplode(acl.list) AS right_
            WHERE right_.grantee = 0
            """)

        #expect((0..<rights.count).map { rights.string($0, 0) } == [])
    }

    @Test func `the daemon may call what it needs and nothing else`() async throws {
        let owner = try await Database.current.open()

        let functions = try await owner.query(
            """
            SELECT proname FROM pg_proc
            WHERE pronamespace = 'scene_sync'::regnamespace
                AND has_function_privilege('scenesync_daemon', oid, 'EXECUTE')
            ORDER BY proname
            """)

        let names = (0..<functions.count).map { functions.string($0, 0) }
        #expect(
            names == [
                "app_path", "assume", "channel", "cluster", "compare", "fold_deletions", "generations", "image_count",
                "keep_answer", "kept_answer", "load", "may_read", "prune_answers", "prune_changes", "read_changes",
                "signing_key", "write", "write_as",
            ])
    }
}
