import Postgres
import PostgresTestSupport
import Testing

/// A function that looked names up in the writer's search path could be given the writer's own tables.
@Suite(.database(.installed), .timeLimit(.minutes(5)))
struct SearchPathTests {
    /// Left without settings for their speed: SQL functions that are inlined into others that have them.
    private static let inlined = ["changes_since", "contents", "described", "fingerprint", "lost", "payload", "sealed"]
    /// What every writer of images pays for: they say the schema of everything.
    private static let hot = announcing + ["image_touched"]
    /// The daemon's, which finds names for policies as the app does, and says the schema of its own.
    private static let leading = ["assume"]
    private static let announcing = ["announce_deleted_images", "announce_inserted_images", "announce_updated_images"]

    private static let isPinned = "coalesce('search_path=pg_catalog, pg_temp' = ANY (function.proconfig), false)"

    @Test func `every function pins its search path, temporary tables last, but those that such a function calls`()
        async throws
    {
        let owner = try await Database.current.open()

        let functions = try await owner.query(
            """
            SELECT function.proname FROM pg_proc AS function
            WHERE function.pronamespace = 'scene_sync'::regnamespace AND NOT \(Self.isPinned)
            ORDER BY function.proname
            """)

        let names = (0..<functions.count).compactMap { functions.string($0, 0) }
        #expect(names == (Self.hot + Self.inlined + Self.leading).sorted())
    }

    @Test func `who calls a function that pins nothing has pinned it before`() async throws {
        let owner = try await Database.current.open()

        let entrances = try await owner.query(
            """
            SELECT function.proname, \(Self.isPinned)
            FROM pg_proc AS function
            WHERE function.pronamespace = 'scene_sync'::regnamespace
                AND (
                    function.oid IN (SELECT tgfoid FROM pg_trigger WHERE NOT tgisinternal)
                    OR EXISTS (
                        SELECT FROM aclexplode(function.proacl) AS acl WHERE acl.grantee <> function.proowner
                    )
                )
            """)

        let open = (0..<entrances.count).filter { entrances.bool($0, 1) != true }
        #expect(entrances.count == 16 + 18)
        #expect(open.compactMap { entrances.string($0, 0) }.sorted() == (Self.hot + Self.leading).sorted())
    }

    @Test(arguments: hot)
    func `a function that a writer calls with its own search path says the schema of everything`(
        _ name: String
    ) async throws {
        let owner = try await Database.current.open()

        let function = try await owner.query(
            "SELECT prosrc FROM pg_proc WHERE pronamespace = 'scene_sync'::regnamespace AND proname = $1", [name])
        let body = try #require(function.string(0, 0)).replacing("GET DIAGNOSTICS told = ROW_COUNT", with: "")
        let calls = body.matches(of: /(\w[\w.]*)\(/).map { String($0.1) }

        #expect(calls.contains("pg_catalog.pg_try_advisory_xact_lock_shared") == Self.announcing.contains(name))
        #expect(!calls.isEmpty)
        #expect(calls.allSatisfy { $0.contains(".") || ["coalesce", "OPERATOR"].contains($0) }, "\(calls)")
        #expect(
            body.replacing(/OPERATOR\(pg_catalog\.=\)|count\(\*\)|:=|<<\w+>>/, with: "")
                .firstMatch(of: /[=<>|+*~@#%^&\/-]/) == nil
        )
    }

    @Test(arguments: hot + inlined)
    func `a function that pins nothing says the schema of each table and function of ours`(
        _ name: String
    ) async throws {
        let owner = try await Database.current.open()

        let function = try await owner.query(
            "SELECT prosrc FROM pg_proc WHERE pronamespace = 'scene_sync'::regnamespace AND proname = $1", [name])
        let body = try #require(function.string(0, 0))
        let relations = body.matches(of: /\b(?:FROM|JOIN|INTO|UPDATE|PERFORM)\s+(?:LATERAL\s+)?([\w.(]+)/).map(\.1)
        let ours = try await owner.query(
            """
            SELECT relname FROM pg_class WHERE relnamespace IN ('scene_sync'::regnamespace, 'public'::regnamespace)
            UNION SELECT proname FROM pg_proc WHERE pronamespace = 'scene_sync'::regnamespace
            """)
        let names = Set((0..<ours.count).compactMap { ours.string($0, 0) })

        #expect(
            relations.allSatisfy { $0.contains(".") || ["(", "unnest(", "new_rows", "old_rows"].contains($0) },
            "\(relations)")
        #expect(relations.isEmpty == ["image_touched", "payload", "sealed"].contains(name))
        #expect(names.isDisjoint(with: body.matches(of: /([\w.]+)\s*\(/).map { String($0.1) }))
        #expect(names.isSuperset(of: ["changes", "deletions", "generated_images", "lost", "notify"]))
    }

    /// Those of `scene_sync_api` that touch the app's tables leave the path to the app's triggers and policies.
    @Test func `a function that runs as its caller says the schema of each function, table and type`() async throws {
        let owner = try await Database.current.open()

        let functions = try await owner.query(
            """
            SELECT function.proname, function.prosrc FROM pg_proc AS function
            WHERE function.pronamespace = 'scene_sync_api'::regnamespace AND NOT \(Self.isPinned)
            ORDER BY function.proname
            """)

        let names = (0..<functions.count).compactMap { functions.string($0, 0) }
        #expect(
            names == [
                "attempt", "generations", "images_seen", "is_integer", "may_regenerate", "regenerate", "save_images",
                "sees", "take_turn", "upsert_images",
            ])
        for row in 0..<functions.count {
            let body = functions.string(row, 1) ?? ""
            // Of several lists, unnest is the parser's own.
            let calls = body.replacing(/unnest\([\w.]+,\s/, with: "").matches(of: /(\w[\w.]*)\(/).map { String($0.1) }
            #expect(
                calls.allSatisfy { $0.contains(".") || ["coalesce", "greatest", "OPERATOR"].contains($0) },
                "\(names[row]): \(calls)")
            let relations = body.matches(of: /\b(?:FROM|JOIN|INTO|UPDATE|PERFORM)\s+(?:LATERAL\s+)?(\w+\.)/)
            #expect(relations.allSatisfy { ["public.", "scene_sync_api.", "pg_catalog."].contains($0.1) })
        }
        let definers = try await owner.query(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'scene_sync_api'::regnamespace AND prosecdef")
        #expect(definers.count == 0)
    }
}
