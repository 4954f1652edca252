import Glibc
import Postgres
import PostgresTestSupport
import Testing

/// A writer whose image is under way while a backfill comes by: its image wins, and is never mixed with stored ones.
@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct BackfillLockTests {
    private static let old = #"{"scenes": [{"imageUrls": ["a", "b"]}, {"imageUrls": ["c"]}]}"#

    /// Statements that put an image into scene 1, beside what is stored there. `$1` is the project.
    private static let ways = [
        Stage.insertion.replacing("$2::integer, $3::integer, $4", with: "1, 5, 'new'"),
        Stage.insertion.replacing("$2::integer, $3::integer, $4", with: "1, 0, 'new'"),
        "UPDATE generated_images SET scene_index = 1, image_index = 5 WHERE content_creation_request_id = $1::uuid",
        """
        UPDATE generated_images
        SET content_creation_request_id = $1::uuid, scene_index = 1, image_index = 5
        WHERE image_url = 'elsewhere'
        """,
        "SELECT scene_sync_api.regenerate($1::uuid, ARRAY[1])",
        "SELECT scene_sync_api.save_images($1::uuid, '{\"scene_index\": 1, \"image_url\": \"new\"}')",
    ]

    @Test(arguments: [true, false], ways)
    func `what is under way keeps its project from being copied, and then wins`(
        hasForeignKey: Bool, sql: String
    ) async throws {
        let stage = try await BackfillStage()
        if !hasForeignKey {
            try await stage.owner.query(
                "ALTER TABLE generated_images DROP CONSTRAINT generated_images_content_creation_request_id_fkey")
        }
        let project = try await stage.insertProject(Self.old)
        let other = try await stage.insertProject(#"{"scenes": []}"#)
        try await stage.save("moving", scene: 3, of: project)
        try await stage.save("elsewhere", scene: 1, of: other)
        let session = try await stage.database.open(as: .writer)
        try await session.query("BEGIN")
        try await session.query(sql, [project])

        let busy = try await stage.backfill("--wait", "1")
        let meanwhile = try await stage.rows(of: project)
        try await session.query("COMMIT")
        let before = try await stage.outputs()
        let run = try await stage.backfill()

        #expect(busy.status == 1, "\(busy)")
        #expect(busy.output.contains("\(project): locked by another transaction"))
        #expect(meanwhile == ["3/0=moving"])
        #expect(run.status == 0, "\(run)")
        expectSame(try await stage.outputs(), as: before)
        let rows = try await stage.rows(of: project)
        #expect(rows.contains("2/0=c"))
        #expect(!rows.contains { $0.hasSuffix("=a") || $0.hasSuffix("=b") })
    }

    @Test func `a project in which an image is always under way is copied all the same`() async throws {
        let stage = try await BackfillStage()
        let project = try await stage.insertProject(Self.old)

        // Each begins before another one's image is committed.
        let run = try await withThrowingTaskGroup(of: Command?.self) { tasks in
            for number in 0..<4 {
                tasks.addTask {
                    let session = try await stage.database.open(as: .writer)
                    var turn = 0
                    while !Task.isCancelled {
                        turn += 1
                        try await session.query("BEGIN")
                        try await stage.save("u", scene: 100 + number, place: turn, of: project, by: session)
                        try await session.query("SELECT pg_sleep(0.02)")
                        try await session.query("COMMIT")
                    }
                    return nil
                }
            }
            tasks.addTask { try await stage.backfill("--wait", "30") }
            defer { tasks.cancelAll() }
            return try await tasks.next().flatMap { $0 }
        }

        #expect(run?.status == 0, "\(String(describing: run))")
        #expect(try await stage.rows(of: project).prefix(3) == ["1/0=a", "1/1=b", "2/0=c"])
    }

    @Test func `a writer who comes while it copies waits, and does not fail`() async throws {
        let stage = try await BackfillStage()
        let project = try await stage.insertProject(Self.old)
        // The copy's transaction stays open until this lock is given back.
        try await stage.owner.run(
            script: """
                CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF current_setting('application_name') = 'scenesync backfill' THEN
                        SET LOCAL lock_timeout = 0;
                        PERFORM pg_advisory_xact_lock(4711);
                    END IF;
                    RETURN NULL;
                END $$;
                CREATE TRIGGER hold AFTER INSERT ON generated_images FOR EACH STATEMENT EXECUTE FUNCTION hold();
                """)
        try await stage.owner.query("SELECT pg_advisory_lock(4711)")
        let child = try await stage.start()
        try await eventually("it is copying") { try await stage.waiting() == 1 }

        async let saved: Void = stage.save("late", scene: 1, place: 5, of: project)
        try await eventually("the writer waits") { try await stage.waiting() == 2 }
        try await stage.owner.query("SELECT pg_advisory_unlock(4711)")
        try await saved

        #expect(await child.waitForExit() == 0)
        #expect(try await stage.rows(of: project) == ["1/0=a", "1/1=b", "1/5=late", "2/0=c"])
    }

    @Test func `where the writer is in the way of the copy, it is the copy that gives way`() async throws {
        let stage = try await BackfillStage()
        let project = try await stage.insertProject(Self.old)
        // The image is in the table, and the writer about to look at its project's row: it waits there for us, and we
        // for its place.
        try await stage.owner.run(
            script: """
                CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF NEW.image_url = 'new' THEN PERFORM pg_advisory_xact_lock(4711); END IF;
                    RETURN NULL;
                END $$;
                CREATE TRIGGER "A" AFTER INSERT ON generated_images FOR EACH ROW EXECUTE FUNCTION hold();
                """)
        try await stage.owner.query("SELECT pg_advisory_lock(4711)")
        async let saved: Void = stage.save("new", scene: 1, place: 0, of: project)
        try await eventually("the image is under way") { try await stage.waiting() == 1 }
        let child = try await stage.start()
        try await eventually("the copy waits for the image's place") {
            try await stage.waiting(
                where: "application_name = 'scenesync backfill' AND wait_event = 'transactionid'") == 1
        }
        try await stage.owner.query("SELECT pg_advisory_unlock(4711)")
        try await saved

        #expect(await child.waitForExit() == 0)
        #expect(try await stage.rows(of: project) == ["1/0=new", "2/0=c"])
    }
}
