import Postgres
import PostgresTestSupport
import Testing

/// A backfill beside 64 writers who insert, update, move, delete, save and regenerate in the same scenes. A log of all
/// of it, in the order of the commits, tells whether an image of a writer's ever came before a copy in its scene.
@Suite(.timeLimit(.minutes(3)))
struct BackfillRaceTests {
    private static let projects = 400
    private static let scenes = 3

    private static let log = """
        CREATE TABLE public.log (
            n bigserial, xid xid NOT NULL, application text, kind text, project uuid, scene integer, image_url text
        );
        CREATE FUNCTION public.log_image() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
            -- Copies take their time, so that there is somebody to meet.
            IF current_setting('application_name') = 'scenesync backfill' THEN PERFORM pg_sleep(0.001); END IF;
            IF TG_OP = 'INSERT' OR OLD.scene_index <> NEW.scene_index THEN
                INSERT INTO public.log (xid, application, kind, project, scene, image_url)
                VALUES (
                    pg_current_xact_id()::xid, current_setting('application_name'), 'image',
                    NEW.content_creation_request_id, NEW.scene_index, NEW.image_url);
            END IF;
            RETURN NULL;
        END $$;
        CREATE FUNCTION public.log_lost() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
            INSERT INTO public.log (xid, application, kind, project, scene)
            VALUES (
                pg_current_xact_id()::xid, current_setting('application_name'), 'lost', NEW.project, NEW.scene);
            RETURN NULL;
        END $$;
        CREATE TRIGGER log AFTER INSERT OR UPDATE ON public.generated_images
            FOR EACH ROW EXECUTE FUNCTION public.log_image();
        CREATE TRIGGER log AFTER INSERT ON scene_sync.deletions
            FOR EACH ROW EXECUTE FUNCTION public.log_lost();
        """

    /// Per scene: what was copied, by how many transactions, whether anything came before it, and anything at all.
    private static let verdict = """
        WITH event AS (
            SELECT log.*, pg_xact_commit_timestamp(log.xid) AS at, log.application = 'scenesync backfill' AS is_copy
            FROM log
        ),
        copy AS (
            SELECT project, scene, min(at) AS at, count(DISTINCT xid::text) AS transactions,
                string_agg(image_url, ' ' ORDER BY n) AS urls
            FROM event WHERE is_copy GROUP BY project, scene
        )
        SELECT
            request.id || ' ' || number.scene,
            copy.urls,
            coalesce(copy.transactions, 0),
            EXISTS (
                SELECT FROM event
                WHERE event.project = request.id AND event.scene = number.scene AND NOT is_copy AND event.at < copy.at
            ),
            EXISTS (
                SELECT FROM event WHERE event.project = request.id AND event.scene = number.scene AND NOT is_copy
            ),
            (
                SELECT string_agg(url.text, ' ' ORDER BY url.place)
                FROM jsonb_array_elements_text(request.generated_output #> ARRAY['scenes', (number.scene - 1)::text, 'imageUrls'])
                    WITH ORDINALITY AS url (text, place)
            )
        FROM content_creation_requests AS request
        CROSS JOIN generate_series(1, \(scenes)) AS number (scene)
        LEFT JOIN copy ON copy.project = request.id AND copy.scene = number.scene
        """

    @Test func `no image of a writer's is ever mixed with older stored ones, and no writer fails`() async throws {
        let server = try await Server.start(settings: ["track_commit_timestamp": "on"])
        try await Database.with(.sceneSync, on: server) { database in
            let stage = try await Stage.start(on: database)
            let old = try await BackfillStage(database)
            try await old.insertOldProjects(Self.projects)
            try await stage.admin.run(script: Self.log)
            let ids = Array(try await old.outputs().keys).sorted()

            let (run, writes) = try await withThrowingTaskGroup(of: Int.self) { tasks in
                async let run = old.backfill("--wait", "40", within: .seconds(80))
                try await eventually("it has begun to copy") {
                    try await stage.admin.query("SELECT FROM generated_images LIMIT 1").count == 1
                }
                for number in 0..<64 {
                    tasks.addTask { try await BackfillRival(number, ids, Self.scenes).run(on: database) }
                }
                let ended = try await run
                tasks.cancelAll()
                return (ended, try await tasks.reduce(0, +))
            }

            #expect(run.status == 0, "\(run)")
            #expect(writes > 500)
            try await expectOrder(stage)
            let outputs = try await old.outputs()
            for id in ids {
                try await eventually("the daemon shows what is so of \(id)") {
                    try await stage.client.get("/v1/projects/\(id)").generatedOutput(of: id) == outputs[id]
                }
            }
            stage.daemon.kill()
            _ = await stage.daemon.waitForExit()
        }
    }

    private func expectOrder(_ stage: Stage) async throws {
        let rows = try await stage.admin.query(Self.verdict)
        #expect(rows.count == Self.projects * Self.scenes)
        var copied = 0
        for row in 0..<rows.count {
            let name = rows.string(row, 0) ?? ""
            if let urls = rows.string(row, 1) {
                copied += 1
                #expect(urls == rows.string(row, 5), "\(name) is copied in part")
                #expect(rows.int64(row, 2) == 1, "\(name) is copied by several transactions")
                #expect(rows.bool(row, 3) == false, "\(name) had an image or a memory before its copy")
            } else {
                #expect(rows.bool(row, 4) == true, "\(name) was left out without need")
            }
        }
        // Else nothing was tried.
        #expect(copied > 20 && copied < rows.count - 20)
    }
}
