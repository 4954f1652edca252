import Postgres
import PostgresTestSupport
import Testing

/// Documents of every kind, and of chance: the same for readers before and after, and copied is what may be.
@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct BackfillOddTests {
    /// What has to become rows, written from the contract: per scene without rows and memories the one list that all
    /// of its index have.
    private static let expectation = """
        WITH scene AS (
            SELECT
                request.id AS project,
                element.value,
                CASE
                    WHEN coalesce(jsonb_typeof(element.value -> 'index'), 'null') = 'null' THEN element.place::numeric
                    WHEN jsonb_typeof(element.value -> 'index') = 'number' THEN (element.value ->> 'index')::numeric
                END AS number,
                CASE jsonb_typeof(element.value -> 'imageUrls')
                    WHEN 'array' THEN element.value -> 'imageUrls'
                    ELSE '[]'
                END AS list
            FROM content_creation_requests AS request
            CROSS JOIN LATERAL jsonb_array_elements(CASE
                WHEN jsonb_typeof(request.generated_output -> 'scenes') = 'array' THEN request.generated_output -> 'scenes'
                ELSE '[]'
            END) WITH ORDINALITY AS element (value, place)
            WHERE jsonb_typeof(request.generated_output) = 'object' AND jsonb_typeof(element.value) = 'object'
        )
        SELECT scene.project || ' ' || (scene.number::bigint) || '/' || (url.place - 1) || '=' || url.text
        FROM (
            SELECT scene.project, scene.number, (min(scene.list::text COLLATE "C"))::jsonb AS list
            FROM scene
            WHERE scene.number % 1 = 0 AND scene.number BETWEEN -2147483648 AND 2147483647
                AND NOT EXISTS (
                    SELECT FROM generated_images AS image
                    WHERE image.content_creation_request_id = scene.project AND image.scene_index = scene.number
                )
                AND NOT EXISTS (
                    SELECT FROM scene_sync.deletions AS lost
                    WHERE lost.project = scene.project AND lost.scene = scene.number
                )
            GROUP BY scene.project, scene.number
            HAVING min(scene.list::text COLLATE "C") = max(scene.list::text COLLATE "C")
        ) AS scene
        CROSS JOIN LATERAL jsonb_array_elements_text(scene.list) WITH ORDINALITY AS url (text, place)
        WHERE NOT EXISTS (
            SELECT FROM jsonb_array_elements(scene.list) AS element (value)
            WHERE jsonb_typeof(element.value) <> 'string' OR element.value = '""'
        )
        UNION ALL
        SELECT content_creation_request_id || ' ' || scene_index || '/' || image_index || '=' || image_url
        FROM generated_images
        """

    private static let actual = """
        SELECT content_creation_request_id || ' ' || scene_index || '/' || image_index || '=' || image_url
        FROM generated_images
        """

    private func lines(_ stage: BackfillStage, _ sql: String) async throws -> [String] {
        let rows = try await stage.owner.query(sql)
        return (0..<rows.count).map { rows.string($0, 0) ?? "NULL" }.sorted()
    }

    private func expectCopied(_ old: BackfillStage, _ daemon: DaemonProcess) async throws {
        let before = try await old.outputs()
        let untouched = try await old.untouched()
        let expected = try await lines(old, Self.expectation)
        let countBefore = try await lines(old, Self.actual).count
        let client = daemon.client()
        for project in before.keys { _ = try await client.get("/v1/projects/\(project)") }

        let run = try await old.backfill("--json")

        #expect(run.status == 0, "\(run)")
        #expect(try await lines(old, Self.actual) == expected)
        #expect(expected.count > countBefore)
        #expect(try JSONReader.read(run.output)["images_copied"]?.int == expected.count - countBefore)
        #expect(try await old.untouched() == untouched)
        expectSame(try await old.outputs(), as: before)
        for (project, output) in before {
            for headers in [[:], ["Cache-Control": "no-cache"]] {
                let answer = try await client.get("/v1/projects/\(project)", headers)
                #expect(answer.generatedOutput(of: project)?.hasSameBytes(as: output) == true, "\(answer.text)")
            }
        }
    }

    @Test func `the contract's odd projects`() async throws {
        let old = try await BackfillStage()
        let stage = try await Stage.start()
        for odd in OddProject.all { _ = try await stage.insertProject(odd) }

        try await expectCopied(old, stage.daemon)
    }

    @Test func `projects of chance`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = StormRandom(seed: seed, part: 0)
        let old = try await BackfillStage()
        let stage = try await Stage.start()
        for _ in 0..<150 {
            let project = try await stage.insertProject(Self.document(&random))
            for _ in 0..<random.int(0...2) {
                let (scene, place) = (random.int(1...5), random.int(0...2))
                try await stage.write(Stage.insertion + " ON CONFLICT DO NOTHING", project, "\(scene)", "\(place)", "r")
            }
            if random.chance(0.3) {
                let scene = "\(random.int(1...5))"
                try await stage.write("SELECT scene_sync_api.regenerate($1::uuid, ARRAY[$2::integer])", project, scene)
            }
        }

        do {
            try await expectCopied(old, stage.daemon)
        } catch {
            Issue.record("with seed \(seed): \(error)")
        }
    }

    private static func document(_ random: inout StormRandom) -> String {
        let scenes = (0..<random.int(0...6)).map { _ in
            if random.chance(0.08) { return ["7", "null", "[{\"imageUrls\": [\"x\"]}]", "\"s\""][random.int(0...3)] }
            var members: [String] = []
            if random.chance(0.5) {
                let indexes = ["1", "2", "3.0", "4", "5", "null", "\"1\"", "2.5", "true", "4294967297", "-7", "1e1"]
                members.append("\"index\": \(indexes[random.int(0...indexes.count - 1)])")
            }
            if random.chance(0.8) { members.append("\"imageUrls\": \(list(&random))") }
            if random.chance(0.3) { members.append("\"prompt\": 1.10") }
            return "{\(members.joined(separator: ", "))}"
        }
        return "{\"title\": \"chance\", \"scenes\": [\(scenes.joined(separator: ", "))]}"
    }

    private static func list(_ random: inout StormRandom) -> String {
        if random.chance(0.05) { return ["null", "\"x\"", "{\"0\": \"x\"}", "1"][random.int(0...3)] }
        let common = [
            "\"a\"", "\"https://x/\\u00e9\\ud83d\\ude00\\\"\\\\\"", "\"\\u0001\\n\\t\\u007f\\u2028/\"", "\" \"",
        ]
        let odd = ["\"\"", "1.10", "null", "[\"a\"]", "{\"a\": 1}", "false"]
        let elements = (0..<random.int(0...3)).map { _ in
            random.chance(0.06) ? odd[random.int(0...odd.count - 1)] : common[random.int(0...common.count - 1)]
        }
        return "[\(elements.joined(separator: ", "))]"
    }
}
