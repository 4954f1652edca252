import Postgres
import PostgresTestSupport
import Testing

/// What no trigger announced is found by comparing, repaired and sent.
@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(1)))
struct AuditTests {
    /// Ways to write that no trigger sees.
    enum Silence: CaseIterable {
        case triggersDisabled, replicaRole

        func write(_ statements: [String], on stage: Stage) async throws {
            let session = try await stage.database.open(as: .superuser)
            switch self {
            case .triggersDisabled:
                try await session.query("BEGIN")
                try await session.query("ALTER TABLE generated_images DISABLE TRIGGER USER")
                try await session.query("ALTER TABLE content_creation_requests DISABLE TRIGGER ALL")
            case .replicaRole:
                try await session.query("SET session_replication_role = replica")
                try await session.query("BEGIN")
            }
            for statement in statements { try await session.query(statement) }
            if self == .triggersDisabled {
                try await session.query("ALTER TABLE generated_images ENABLE TRIGGER USER")
                try await session.query("ALTER TABLE content_creation_requests ENABLE TRIGGER ALL")
            }
            try await session.query("COMMIT")
            await session.close()
        }
    }

    private static func insertion(_ project: String, _ scene: Int, _ url: String) -> String {
        """
        INSERT INTO generated_images (content_creation_request_id, scene_index, image_url)
        VALUES ('\(project)', \(scene), '\(url)')
        """
    }

    @Test(arguments: Silence.allCases)
    func `a silent write is repaired, sent to who is connected, counted and logged`(silence: Silence) async throws {
        let stage = try await Stage.start(["--audit-interval", "0.5"])
        let project = try await stage.insertProject()
        try await stage.save("https://example.com/old", scene: 1, of: project)
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")

        try await silence.write(
            [
                Self.insertion(project, 2, "https://example.com/silent"),
                "UPDATE generated_images SET image_url = 'https://example.com/other' WHERE scene_index = 1",
            ], on: stage)
        var events: [ServerSentEvent] = []
        let expected = try await stage.expected(project)
        while viewer.mirror.generatedOutput != expected { events.append(try await viewer.next()) }

        #expect(events.names == ["scene", "scene"])
        let line = try await stage.daemon.logLine(containing: "unannounced")
        #expect(line.contains(" warning "))
        #expect(line.contains("scene 1 image 0, scene 2 image 0") && line.contains(project))
        #expect(!line.contains("example.com"))
        #expect(try await stage.metric("scenesync_audit_divergences_total") == 1)
        #expect(try await stage.client.get("/v1/projects/\(project)")["Cache-Status"] == "scenesync; hit")
        try await stage.save("https://example.com/after", scene: 3, of: project)
        #expect(try await viewer.next().event == "scene")
        #expect(viewer.mirror.generatedOutput == (try await stage.expected(project)))
    }

    @Test(arguments: Silence.allCases)
    func `a silent change of a document is a snapshot, and a silent end is one`(silence: Silence) async throws {
        let stage = try await Stage.start(["--audit-interval", "0.5"])
        let (changed, deleted) = (try await stage.insertProject(), try await stage.insertProject())
        var first = try await Viewer.open(changed, at: stage.daemon.port)
        var second = try await Viewer.open(deleted, at: stage.daemon.port)
        try await first.read(through: "ready")
        try await second.read(through: "ready")

        try await silence.write(
            [
                "UPDATE content_creation_requests SET generated_output = '{\"scenes\": []}' WHERE id = '\(changed)'",
                "DELETE FROM content_creation_requests WHERE id = '\(deleted)'",
            ], on: stage)

        #expect(try await first.next().event == "snapshot")
        #expect(first.mirror.generatedOutput == (try await stage.expected(changed)))
        #expect(try await second.next().event == "deleted")
        try await second.stream.waitForEnd()
        #expect(try await stage.metric("scenesync_audit_divergences_total") == 2)
    }

    @Test func `a write straight to a partition is repaired, too`() async throws {
        try await Database.with(on: Database.current.server) { database in
            let owner = try await database.open(as: .owner)
            try await owner.run(
                script: """
                    CREATE TABLE content_creation_requests (
                        id uuid PRIMARY KEY DEFAULT gen_random_uuid(), generated_output jsonb
                    );
                    CREATE TABLE generated_images (
                        id uuid NOT NULL DEFAULT gen_random_uuid(),
                        content_creation_request_id uuid NOT NULL REFERENCES content_creation_requests ON DELETE CASCADE,
                        scene_index integer NOT NULL,
                        image_url text NOT NULL,
                        image_index integer NOT NULL DEFAULT 0,
                        created_at timestamptz NOT NULL DEFAULT now(),
                        updated_at timestamptz NOT NULL DEFAULT now(),
                        UNIQUE (content_creation_request_id, scene_index, image_index)
                    ) PARTITION BY HASH (content_creation_request_id);
                    CREATE TABLE generated_images_all PARTITION OF generated_images
                    FOR VALUES WITH (MODULUS 1, REMAINDER 0);
                    GRANT ALL ON generated_images, generated_images_all, content_creation_requests
                    TO \(Role.writer.rawValue);
                    """)
            let migrate = try await Command.run(
                ["migrate", "--daemon-role", Role.daemon.rawValue],
                environment: ["DATABASE_URL": database.connectionString(as: .owner)])
            #expect(migrate.status == 0, "\(migrate)")
            let stage = try await Stage.start(["--audit-interval", "0.5"], on: database)
            let project = try await stage.insertProject()
            var viewer = try await Viewer.open(project, at: stage.daemon.port)
            try await viewer.read(through: "ready")

            try await stage.write(
                """
                INSERT INTO generated_images_all (content_creation_request_id, scene_index, image_url)
                VALUES ($1::uuid, 1, 'a')
                """, project)

            #expect(try await viewer.next().event == "scene")
            #expect(viewer.mirror.generatedOutput == (try await stage.expected(project)))
            #expect(await stage.daemon.stop() == 0)
        }
    }

    @Test func `it is told how long ago the oldest comparison was, in seconds`() async throws {
        let stage = try await Stage.start(["--audit-interval", "0.5"])
        _ = try await stage.client.get("/v1/projects/\(try await stage.insertProject())")

        try await eventually("it is compared again and again") {
            try await stage.metric("scenesync_audit_runs_total") >= 3
        }

        #expect(try await 0..<10 ~= stage.figure("scenesync_audit_oldest_seconds"))
    }

    @Test func `a project that nobody watches is repaired, too`() async throws {
        let stage = try await Stage.start(["--audit-interval", "0.5"])
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")

        try await Silence.replicaRole.write([Self.insertion(project, 1, "silent")], on: stage)

        let expected = try await stage.expected(project)
        try await eventually("it is repaired") {
            let answer = try await stage.client.get("/v1/projects/\(project)")
            #expect(answer["Cache-Status"] == "scenesync; hit")
            return answer.generatedOutput(of: project) == expected
        }
    }

    @Test(arguments: ["notify", "table"])
    func `writers are no false alarm`(doorbell: String) async throws {
        let stage = try await Stage.start(["--audit-interval", "0.02", "--doorbell", doorbell])
        let projects = [try await stage.insertProject(), try await stage.insertProject()]
        for project in projects { _ = try await stage.client.get("/v1/projects/\(project)") }

        try await withThrowingTaskGroup { group in
            for writer in 0..<6 {
                group.addTask {
                    let session = try await stage.database.open(as: .writer)
                    for number in 0..<150 {
                        try await session.query(
                            """
                            INSERT INTO generated_images AS image
                                (content_creation_request_id, scene_index, image_index, image_url)
                            VALUES ($1::uuid, $2::integer, $3::integer, $4)
                            ON CONFLICT (content_creation_request_id, scene_index, image_index)
                            DO UPDATE SET image_url = excluded.image_url
                            """, [projects[writer % 2], "\(number % 3 + 1)", "\(number % 5)", "\(writer) \(number)"])
                        if number % 10 == 9 {
                            try await session.query(
                                """
                                DELETE FROM generated_images
                                WHERE content_creation_request_id = $1::uuid AND scene_index = $2::integer
                                """, [projects[writer % 2], "\(number % 3 + 1)"])
                        }
                    }
                    await session.close()
                }
            }
            try await group.waitForAll()
        }

        let runs = try await stage.metric("scenesync_audit_runs_total")
        try await eventually("it is compared once more") {
            try await stage.metric("scenesync_audit_runs_total") >= runs + 4
        }
        #expect(try await stage.metric("scenesync_audit_divergences_total") == 0)
        for project in projects {
            let answer = try await stage.client.get("/v1/projects/\(project)")
            #expect(answer.generatedOutput(of: project) == (try await stage.expected(project)))
        }
    }

    @Test func `a table that is locked for long is compared later, and nothing becomes stale`() async throws {
        let stage = try await Stage.start(["--audit-interval", "0.1"])
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")
        let app = try await stage.database.open(as: .owner)

        try await app.query("BEGIN")
        try await app.query("LOCK TABLE generated_images IN ACCESS EXCLUSIVE MODE")
        try await eventually("the comparison waits") {
            try await !stage.sessions(where: "wait_event_type = 'Lock' AND query LIKE '%scene_sync.compare%'").isEmpty
        }
        try await eventually("it has given up") {
            try await stage.sessions(where: "wait_event_type = 'Lock' AND query LIKE '%scene_sync.compare%'").isEmpty
        }
        let runs = try await stage.metric("scenesync_audit_runs_total")
        try await app.query("COMMIT")

        try await eventually("it is compared again") { try await stage.metric("scenesync_audit_runs_total") > runs }
        #expect(try await stage.metric("scenesync_database_reconnects_total") == 0)
        #expect(try await stage.metric("scenesync_audit_divergences_total") == 0)
    }

    @Test func `after a lost connection all is loaded again, what nobody watches too`() async throws {
        let stage = try await Stage.start(["--audit-interval", "0.5"])
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")
        let loads = try await stage.metric("scenesync_cache_loads_total")

        try await stage.admin.query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE usename = $1 AND datname = current_database()
            """, [Role.daemon.rawValue])

        try await eventually("it is asked for") { try await stage.metric("scenesync_cache_loads_total") == loads + 1 }
        try await eventually("it is there") {
            try await stage.client.get("/v1/projects/\(project)")["Cache-Status"] == "scenesync; hit"
        }
        #expect(try await stage.metric("scenesync_cache_loads_total") == loads + 1)
    }
}
