import Migrations
import Postgres
import PostgresTestSupport
import Testing
import Triggers

extension Template {
    static let migrated = Template("migrated") { database in
        let owner = try await database.open()
        try await owner.run(script: Installation.parent)
        try await Database.$currentOrNil.withValue(database) { _ = try await Installation().apply() }
        await owner.close()
    }
}

@Suite(.database(.migrated), .timeLimit(.minutes(5)))
struct AppliedAgainTests {
    private func holdEverything() async throws -> Session {
        let session = try await Database.current.open()
        try await session.query("BEGIN")
        try await session.query("LOCK TABLE content_creation_requests, generated_images IN ACCESS EXCLUSIVE MODE")
        return session
    }

    @Test func `nothing to do touches nothing, and waits for nobody`() async throws {
        let owner = try await Database.current.open()
        let before = try await Catalog.read(owner)
        let holder = try await holdEverything()

        let applied = try await Installation().apply()
        // What `migrate` does even then.
        try await owner.query("SET lock_timeout = '2s'")
        try await owner.query("SELECT scene_sync.examine()")

        #expect(applied == [])
        #expect(try await Catalog.read(owner).changes(since: before) == [])
        #expect(try await Installation().status().allSatisfy { $0.state == .applied })
        await holder.close()
    }

    @Test(arguments: [
        "10_channel", "31_described_briefly", "41_announce_project", "61_announce_updated_images",
        "65_announce_updated_project",
    ])
    func `of changed scripts only a changed function is applied again, in its place and without a lock`(
        _ name: String
    ) async throws {
        let owner = try await Database.current.open()
        let before = try await Catalog.read(owner)
        let holder = try await holdEverything()
        var installation = Installation()
        installation.always = Triggers.all.map {
            $0.name == name ? Script(name: name, text: $0.text + "\n-- Another.") : $0
        }

        let applied = try await installation.apply()

        #expect(applied == [name])
        let changes = try await Catalog.read(owner).changes(since: before)
        #expect(changes.contains("applied \(name)"))
        #expect(changes.contains { $0.hasPrefix("function") && $0.hasSuffix(name.dropFirst(3)) })
        // Besides it only the daemon's rights were given again, which are on its functions and the schema.
        let granted = [
            "channel", "signing_key", "load", "compare", "read_changes", "prune_changes", "fold_deletions", "cluster",
            "write", "generations", "prune_answers", "app_path", "assume", "image_count", "kept_answer", "keep_answer",
            "may_read", "write_as",
        ]
        let others = changes.filter { change in
            !(change == "applied \(name)" || change.hasPrefix("schema"))
                && !(granted + [String(name.dropFirst(3))]).contains {
                    change.hasPrefix("function") && change.hasSuffix(" \($0)")
                }
        }
        #expect(others == [])
        await holder.close()
    }

    @Test func `triggers that are applied again keep what they are`() async throws {
        let owner = try await Database.current.open()
        let identities = "SELECT string_agg(oid || tgname, ',' ORDER BY oid) FROM pg_trigger WHERE NOT tgisinternal"
        let before = try await owner.query(identities).string(0, 0)
        var installation = Installation()
        installation.always = Triggers.all.map { Script(name: $0.name, text: $0.text + "\n-- Another.") }

        let applied = try await installation.apply()

        #expect(applied == Triggers.all.map(\.name))
        #expect(try await owner.query(identities).string(0, 0) == before)
        let doubled = try await owner.query(
            "SELECT FROM pg_proc WHERE pronamespace = 'scene_sync'::regnamespace GROUP BY proname HAVING count(*) > 1")
        #expect(doubled.count == 0)
    }

    @Test func `triggers can be made again from what a dump says of them`() async throws {
        let owner = try await Database.current.open()
        // As pg_dump and a restore have it.
        try await owner.query("SET search_path = ''")
        let definitions =
            "SELECT pg_get_triggerdef(oid), tgname, tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
        let before = try await owner.query(definitions)

        for row in 0..<before.count {
            try await owner.query("DROP TRIGGER \(before.string(row, 1) ?? "") ON \(before.string(row, 2) ?? "")")
            try await owner.query(before.string(row, 0) ?? "")
        }

        let after = try await owner.query(definitions)
        #expect(before.count == 17)
        #expect((0..<after.count).map { after.string($0, 0) } == (0..<before.count).map { before.string($0, 0) })
    }

    @Test func `rights that somebody gave are taken back when a function is applied again`() async throws {
        let owner = try await Database.current.open()
        try await owner.query("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA scene_sync TO PUBLIC")
        var installation = Installation()
        installation.always = Triggers.all.map { Script(name: $0.name, text: $0.text + "\n-- Another.") }

        try await installation.apply()

        let open = try await owner.query(
            """
            SELECT proname FROM pg_proc, aclexplode(proacl) AS acl
            WHERE pronamespace = 'scene_sync'::regnamespace AND acl.grantee = 0
            """)
        #expect((0..<open.count).map { open.string($0, 0) } == [])
    }

    @Test func `writers lose nothing while everything is applied again`() async throws {
        let owner = try await Database.current.open()
        try await owner.run(
            script: """
                GRANT SELECT, INSERT, UPDATE, DELETE ON content_creation_requests, generated_images TO app_writer;
                INSERT INTO content_creation_requests (id) VALUES ('00000000-0000-4000-8000-000000000001');
                """)
        let writer = try await Database.current.open(as: .writer)

        async let work: Void = {
            for place in 0..<300 {
                try await writer.query(
                    """
                    WITH saved AS (
                        INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
                        VALUES ('00000000-0000-4000-8000-000000000001', 1, $1::integer, 'x')
                    )
                    DELETE FROM generated_images WHERE image_index < $1::integer
                    """, ["\(place)"])
            }
        }()
        for round in 0..<4 {
            var installation = Installation()
            installation.always = Triggers.all.map { Script(name: $0.name, text: $0.text + "\n-- Round \(round).") }
            #expect(try await installation.apply(wait: .seconds(20)).count == Triggers.all.count)
        }
        try await work

        #expect(try await owner.query("SELECT FROM scene_sync.deletions").count == 299)
    }

    @Test func `a script that was edited is refused, and one that was added is applied`() async throws {
        var edited = Installation()
        edited.once[1] = Script(name: edited.once[1].name, text: edited.once[1].text + "--")
        var added = Installation()
        added.once.append(Script(name: "0004_more", text: "CREATE TABLE scene_sync.more (id integer)"))

        await #expect(throws: MigrationError.edited(Migrations.all[1].name)) { try await edited.apply() }

        #expect(try await added.apply() == ["0004_more"])
    }
}
