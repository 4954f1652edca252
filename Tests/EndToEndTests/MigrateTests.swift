import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.appAlone), .serialized, .timeLimit(.minutes(1)))
struct MigrateTests {
    private let database: Database

    init() throws {
        database = try Database.current
    }

    private func migrate(_ flags: String..., as role: Role = .owner) async throws -> Command {
        try await Command.run(["migrate"] + flags, environment: ["DATABASE_URL": database.connectionString(as: role)])
    }

    private func isMigrated() async throws -> Bool {
        let session = try await database.open()
        return try await session.query("SELECT to_regnamespace('scene_sync') IS NOT NULL").bool(0, 0) == true
    }

    @Test func `a database is brought up to date once, and says so`() async throws {
        let before = try await migrate("--status")
        let dry = try await migrate("--dry-run")
        let wasTouched = try await isMigrated()
        let first = try await migrate()
        let second = try await migrate()
        let dryAgain = try await migrate("--dry-run")
        let after = try await migrate("--status")

        #expect(before.status == 2)
        let names = before.output.split(separator: "\n").map { $0.split(separator: "\t").map { String($0) } }
        #expect(names.count > 10 && names.allSatisfy { $0.first == "pending" && $0.count == 2 })
        #expect(dry.status == 0)
        #expect(dry.output.split(separator: "\n").count == names.count)
        #expect(!wasTouched)
        #expect(first.status == 0, "\(first)")
        #expect(second.status == 0)
        #expect(second.output == "nothing to do\n")
        #expect(dryAgain.output == "nothing to do\n")
        #expect(after.status == 0)
        #expect(after.output == before.output.replacing("pending", with: "applied"))
    }

    @Test func `--json is one JSON text`() async throws {
        let before = try JSONReader.read(try await migrate("--status", "--json").output)
        _ = try await migrate()
        let after = try await migrate("--status", "--json")

        let node = try JSONReader.read(after.output)
        #expect(before["pending"]?.int ?? 0 > 10)
        #expect(before["scripts"]?.elements?.count == before["pending"]?.int)
        #expect(node["pending"]?.int == 0)
        #expect(Set((node["scripts"]?.elements ?? []).map { $0["state"]?.plainString }) == ["applied"])
        #expect(Set((node["scripts"]?.elements ?? []).map { $0["kind"]?.plainString }) == ["once", "always"])
        #expect(after.status == 0)
    }

    @Test(arguments: [
        "scene_sync_2_announce_insert ON generated_images", "scene_sync_2_announce_update ON content_creation_requests",
    ])
    func `a trigger that was dropped is made again`(trigger: String) async throws {
        _ = try await migrate()
        let owner = try await database.open(as: .owner)
        let count = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'scene_sync%'"
        let all = try await owner.query(count).int64(0, 0)
        try await owner.query("DROP TRIGGER \(trigger)")

        let status = try await migrate("--status")
        let applied = try await migrate()

        #expect(status.status == 2)
        #expect(status.output.contains("missing\t"))
        #expect(applied.output == "applied 1 scripts\n")
        #expect(try await owner.query(count).int64(0, 0) == all)
        #expect(try await migrate("--status").status == 0)
    }

    @Test func `a trigger that was edited since is applied again`() async throws {
        _ = try await migrate()
        let owner = try await database.open()
        try await owner.query("UPDATE scene_sync.applied SET checksum = 'x' WHERE name LIKE '50%'")

        let status = try await migrate("--status")
        let again = try await migrate()

        #expect(status.status == 2)
        #expect(status.output.contains("changed\t50"))
        #expect(again.output == "applied 1 scripts\n")
        try await owner.query("UPDATE scene_sync.applied SET checksum = 'x' WHERE name LIKE '0001%'")
        #expect(try await migrate().status == 1)
    }

    @Test func `--daemon-role gives a role what a daemon needs, and makes it`() async throws {
        let new = "daemon of \(database.name)"
        let owner = try await migrate("--daemon-role", Role.daemon.rawValue)
        let admin = try await migrate("--daemon-role", new, as: .superuser)
        let again = try await migrate("--daemon-role", new, as: .superuser)
        #expect(owner.status == 0, "\(owner)")
        #expect(admin.status == 0, "\(admin)")
        #expect([owner, admin, again].map { $0.errors.contains("without a password") } == [false, true, false])
        #expect(admin.errors.contains("\\password \"\(new)\""))
        let superuser = try await database.open(as: .superuser)
        let project = "abcdef01-0000-4000-8000-000000000001"
        try await superuser.query(
            "INSERT INTO content_creation_requests (id, generated_output) VALUES ($1::uuid, '{}')", [project])

        for role in [Role.daemon.rawValue, new] {
            let daemon = try await DaemonProcess.start(
                database: database.connectionString(as: .daemon).replacing(
                    "user=\(Role.daemon.rawValue)", with: "user='\(role)'"))
            try await daemon.logLine(containing: "live: ")
            #expect(try await daemon.client().get("/v1/projects/\(project)").generatedOutput(of: project) == "{}")
            daemon.kill()
            _ = await daemon.waitForExit()
            for table in ["content_creation_requests", "generated_images"] {
                let rights = try await superuser.query(
                    "SELECT has_table_privilege($1, $2, 'INSERT, UPDATE, DELETE, TRUNCATE')", [role, table])
                #expect(rights.bool(0, 0) == false)
            }
        }
        try await superuser.query("DROP OWNED BY \"\(new)\"")
        try await superuser.query("DROP ROLE \"\(new)\"")
    }

    @Test func `one schema a database`() async throws {
        _ = try await migrate()
        let owner = try await database.open(as: .superuser)
        try await owner.query("CREATE SCHEMA twin AUTHORIZATION app_owner")
        try await owner.query(
            "CREATE TABLE twin.content_creation_requests (LIKE public.content_creation_requests INCLUDING ALL)")
        try await owner.query("ALTER TABLE twin.content_creation_requests OWNER TO app_owner")

        for schema in ["twin", "nowhere"] {
            let refused = try await migrate("--schema", schema)
            #expect(refused.status == 78, "\(schema): \(refused)")
            #expect(refused.errors.contains("public"))
        }
        #expect(try await migrate("--schema", "public").output == "nothing to do\n")
        let served = try await Command.run(
            ["serve", "--listen", "127.0.0.1:0", "--schema", "twin"],
            environment: ["DATABASE_URL": database.connectionString(as: .owner)])
        #expect(served.status == 78)
        #expect(served.errors.contains("for the schema public, not twin"))
    }

    @Test func `the app's tables may be in another schema than public`() async throws {
        let session = try await database.open(as: .superuser)
        try await session.run(
            script: """
                CREATE SCHEMA "the App" AUTHORIZATION app_owner;
                ALTER TABLE content_creation_requests SET SCHEMA "the App";
                """)

        let first = try await migrate("--schema", "the App", "--daemon-role", Role.daemon.rawValue)
        let second = try await migrate("--schema", "the App")

        #expect(first.status == 0, "\(first)")
        #expect(second.output == "nothing to do\n", "\(second)")
        try await session.query(
            "INSERT INTO \"the App\".content_creation_requests (id, generated_output) VALUES ('00000000-0000-4000-8000-000000000001', '{\"scenes\": [{}]}')"
        )
        let daemon = try await DaemonProcess.start(
            ["--schema", "the App"], database: database.connectionString(as: .daemon))
        try await daemon.logLine(containing: "live: ")
        let read = try await daemon.client().get("/v1/projects/00000000-0000-4000-8000-000000000001")
        #expect(read.status == 200, "\(read.text)")
    }

    @Test func `tables that cannot be followed are refused, and nothing is changed`() async throws {
        let owner = try await database.open()
        try await owner.query(
            """
            CREATE TABLE generated_images (
                id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                content_creation_request_id uuid NOT NULL REFERENCES content_creation_requests (id) ON DELETE CASCADE,
                scene_index integer NOT NULL, image_url text NOT NULL, image_index integer NOT NULL DEFAULT 0,
                created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
                UNIQUE (content_creation_request_id, scene_index, image_index) DEFERRABLE
            )
            """)
        let deferrable = try await migrate()
        try await owner.query("ALTER TABLE generated_images ALTER scene_index TYPE text")
        let unfit = try await migrate()
        try await owner.query("DROP TABLE generated_images, content_creation_requests")
        let missing = try await migrate()

        #expect(deferrable.status == 1)
        #expect(deferrable.errors.contains("DEFERRABLE"))
        #expect(unfit.status == 1)
        #expect(
            unfit.errors
                == "scenesync: the column scene_index of public.generated_images is text and has to be integer: "
                + "ALTER TABLE public.generated_images ALTER COLUMN scene_index TYPE integer USING …\n")
        #expect(missing.status == 1)
        #expect(missing.errors.contains("content_creation_requests"))
        #expect(try await !isMigrated())
    }

    @Test func `a lock that is held is waited for, and then told of`() async throws {
        let holder = try await database.open()
        try await holder.query("BEGIN")
        try await holder.query("INSERT INTO content_creation_requests (generated_output) VALUES ('{}')")

        let refused = try await migrate("--wait", "1")

        #expect(refused.status == 1)
        #expect(refused.errors.contains("pid \(holder.backendPID)"), "\(refused)")
        #expect(try await !isMigrated())

        let child = try await ChildProcess.start(
            [Command.binary, "migrate", "--wait", "30"],
            environment: ["DATABASE_URL": database.connectionString(as: .owner)])
        let lines = LogLines()
        lines.read(child.errors)
        let waiting = try await lines.first(within: .seconds(20)) { $0.contains("waiting for a lock") }
        try await holder.query("COMMIT")

        #expect(waiting.contains("pid \(holder.backendPID)"))
        #expect(await child.waitForExit() == 0)
        #expect(try await isMigrated())
    }
}

extension Template {
    /// The app's own table, before anything of ours.
    fileprivate static let appAlone = Template("app_alone") { database in
        let owner = try await database.open(as: .owner)
        try await owner.query(
            "CREATE TABLE content_creation_requests (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), generated_output jsonb)"
        )
        await owner.close()
    }
}
