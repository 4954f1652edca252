import Glibc
import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct VerifyTests {
    private func verify(
        _ stage: Stage, _ flags: String..., as role: Role = .writer, port: Int? = nil
    ) async throws -> Command {
        try await Command.run(
            ["verify", "--url", "http://127.0.0.1:\(port ?? stage.daemon.port)"] + flags,
            environment: ["DATABASE_URL": stage.database.connectionString(as: role)])
    }

    /// What is in the app's tables.
    private func contents(_ stage: Stage) async throws -> String? {
        try await stage.admin.query(
            """
            SELECT
                (SELECT coalesce(string_agg(id || coalesce(generated_output::text, '-'), ',' ORDER BY id), '')
                FROM content_creation_requests)
                || (SELECT coalesce(string_agg(image::text, ',' ORDER BY id), '') FROM generated_images AS image)
            """
        ).string(0, 0)
    }

    @Test func `a good deployment passes every check, and nothing is left of it`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        try await stage.save("x", scene: 1, of: project)
        let before = try await contents(stage)

        let run = try await verify(stage)
        let json = try await verify(stage, "--json")

        #expect(run.status == 0, "\(run)")
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == 15)
        #expect(lines.dropLast().allSatisfy { $0.wholeMatch(of: /ok +\d+ ms  .+/) != nil }, "\(run.output)")
        #expect(lines.last == "14 checks passed")
        for words in [
            "200 concurrent inserts", "200 concurrent saves through", "regenerate", "stored ones do not come back",
        ] {
            #expect(run.output.contains(words))
        }
        #expect(json.status == 0)
        let node = try JSONReader.read(json.output)
        #expect(node["ok"]?.text == "true")
        #expect(Set((node["checks"]?.elements ?? []).map { $0["status"]?.plainString }) == ["ok"])
        #expect(try await contents(stage) == before)
    }

    @Test func `the app's own columns are told of, and a lent project is given back as it was`() async throws {
        let stage = try await Stage.start()
        let document = #"{"n": 1.100, "scenes": [{"imageUrls": ["stored"]}, {"index": 2, "imageUrls": ["kept"]}]}"#
        let projects = [try await stage.insertProject(document), try await stage.insertProject(nil)]
        try await stage.save("row", scene: 2, of: projects[0])
        let owner = try await stage.database.open(as: .owner)
        try await owner.query("UPDATE content_creation_requests SET title = 't'")
        try await owner.query("ALTER TABLE content_creation_requests ALTER title SET NOT NULL")
        let before = try await contents(stage)

        let refused = try await verify(stage)
        let lent = [
            try await verify(stage, "--project", projects[0]), try await verify(stage, "--project", projects[0]),
            try await verify(stage, "--project", projects[1]),
        ]

        #expect(refused.status == 2)
        #expect(refused.output.contains("a scratch project is inserted: null value in column \"title\""))
        #expect(refused.output.contains("--project"))
        #expect(lent.map(\.status) == [0, 0, 0], "\(lent)")
        #expect(lent.allSatisfy { $0.output.hasSuffix("14 checks passed\n") })
        #expect(try await contents(stage) == before)
        let read = try await stage.client.get("/v1/projects/\(projects[0])", ["Cache-Control": "no-cache"])
        #expect(read.generatedOutput(of: projects[0]) == document.replacing(#"["kept"]"#, with: #"["row"]"#))
    }

    /// What a deployment may lack, as SQL of the owner's, and the check that finds it.
    @Test(arguments: [
        ("DROP TRIGGER scene_sync_2_announce_insert ON generated_images", "an image inserted by SQL is in the table"),
        ("DROP TRIGGER scene_sync_1_record_delete ON generated_images", "stored ones do not come back"),
        (
            """
            CREATE RULE lose AS ON INSERT TO generated_images
            WHERE NEW.image_url LIKE '%concurrent-137%' DO INSTEAD NOTHING
            """, "200 concurrent inserts by 20 sessions lose nothing"
        ),
    ])
    func `what is broken is found, with exit 2`(sql: String, check: String) async throws {
        let stage = try await Stage.start(["--doorbell", "notify"])
        let owner = try await stage.database.open(as: .owner)
        let before = try await contents(stage)
        try await owner.query(sql)

        let run = try await Command.run(
            ["verify", "--url", "http://127.0.0.1:\(stage.daemon.port)"],
            environment: ["DATABASE_URL": stage.database.connectionString(as: .writer)], within: .seconds(100))

        #expect(run.status == 2, "\(run)")
        let failed = run.output.split(separator: "\n").filter { $0.hasPrefix("FAILED") }
        #expect(failed.contains { $0.contains(check) }, "\(run.output)")
        #expect(try await contents(stage) == before)
    }

    @Test func `a daemon that takes no writes passes, without what it cannot do`() async throws {
        let stage = try await Stage.start(["--read-only"])

        let run = try await verify(stage)

        #expect(run.status == 0, "\(run)")
        #expect(run.output.hasSuffix("11 checks passed, 3 skipped\n"), "\(run.output)")
        #expect(run.output.contains("--read-only"))
    }

    @Test func `no daemon is exit 2, no database 69, a role that may not write is told so`() async throws {
        let stage = try await Stage.start()
        let before = try await contents(stage)

        let nobody = try await verify(stage, port: 1)
        let role = try await verify(stage, as: .daemon)
        let database = try await Command.run(
            ["verify"], environment: ["DATABASE_URL": "host=127.0.0.1 port=1 user=x dbname=x connect_timeout=2"])
        let url = try await Command.run(["verify", "--url", "x://x"])

        #expect(nobody.status == 2)
        #expect(nobody.output.contains("nobody answers at http://127.0.0.1:1"))
        #expect(role.status == 2)
        #expect(role.output.contains("permission denied"))
        #expect(role.output.contains("the app's connection string"))
        #expect(database.status == 69)
        #expect(url.status == 64)
        #expect(try await contents(stage) == before)
    }

    /// A `verify` in the middle of its first insert, which waits for as long as the other session holds the lock.
    private func started(
        _ stage: Stage, lending project: String?
    ) async throws -> (child: ChildProcess, holder: Session) {
        let holder = try await stage.database.open(as: .owner)
        try await holder.run(
            script: """
                CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_advisory_xact_lock_shared(4711);
                    RETURN NEW;
                END $$;
                CREATE TRIGGER hold BEFORE INSERT ON generated_images FOR EACH ROW EXECUTE FUNCTION hold();
                """)
        try await holder.query("SELECT pg_advisory_lock(4711)")
        let child = try await ChildProcess.start(
            [Command.binary, "verify", "--url", "http://127.0.0.1:\(stage.daemon.port)"]
                + (project.map { ["--project", $0] } ?? []),
            environment: ["DATABASE_URL": stage.database.connectionString(as: .writer)])
        try await eventually("an insert waits") { try await sessions(stage, "wait_event_type = 'Lock'") == 1 }
        return (child, holder)
    }

    private func sessions(_ stage: Stage, _ condition: String) async throws -> Int {
        try await stage.admin.query(
            """
            SELECT FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'scenesync verify' AND \(condition)
            """
        ).count
    }

    @Test(arguments: [true, false])
    func `an interrupt leaves nothing, too`(isLent: Bool) async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        let before = try await contents(stage)
        let (child, holder) = try await started(stage, lending: isLent ? project : nil)
        let during = try await contents(stage)

        child.signal(SIGINT)
        let status = await child.waitForExit()
        try await holder.query("SELECT pg_advisory_unlock(4711)")

        #expect(status == 1)
        #expect(during != before)
        try await eventually("its sessions are gone") { try await sessions(stage, "true") == 0 }
        #expect(try await contents(stage) == before)
    }

    @Test(arguments: [true, false])
    func `what a killed one has left the next one puts in order`(isLent: Bool) async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        let before = try await contents(stage)
        let (child, holder) = try await started(stage, lending: isLent ? project : nil)
        child.kill()
        _ = await child.waitForExit()
        try await holder.query("SELECT pg_advisory_unlock(4711)")
        try await eventually("its sessions are gone") { try await sessions(stage, "true") == 0 }
        let left = try await contents(stage)
        if !isLent {
            // As if it had been a quarter of an hour ago.
            try await stage.admin.run(
                script: """
                    DELETE FROM generated_images;
                    UPDATE content_creation_requests SET id = '5ce9e57c-7e51-4000-8000-650000001234'
                    WHERE generated_output ->> 'title' = 'Scene Sync verify';
                    """)
        }

        let next = isLent ? try await verify(stage, "--project", project) : try await verify(stage)

        #expect(left != before)
        #expect(next.status == 0, "\(next)")
        #expect(try await contents(stage) == before)
    }
}
