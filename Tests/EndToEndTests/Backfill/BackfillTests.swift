import Glibc
import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct BackfillTests {
    private static let old = #"{"scenes": [{"imageUrls": ["a", "b"]}, {"index": 7, "imageUrls": ["c"]}, {}]}"#

    @Test func `stored images become rows, documents and memories stay, and readers see no difference`() async throws {
        let stage = try await BackfillStage()
        let project = try await stage.insertProject(Self.old)
        try await stage.insertProject(nil)
        let (before, untouched) = (try await stage.outputs(), try await stage.untouched())

        let run = try await stage.backfill()
        let again = try await stage.backfill()

        #expect(run.status == 0, "\(run)")
        #expect(
            run.output == """
                copied 3 images of 2 scenes in 1 projects; 1 projects had nothing to copy
                compared what readers see before and after in 1 projects: byte for byte the same

                """)
        #expect(try await stage.rows(of: project) == ["1/0=a", "1/1=b", "7/0=c"])
        expectSame(try await stage.outputs(), as: before)
        #expect(try await stage.untouched() == untouched)
        #expect(again.status == 0)
        #expect(again.output.hasPrefix("copied 0 images of 0 scenes in 0 projects; 2 projects"))
        #expect(try await stage.number("SELECT count(*) FROM scene_sync.backfill") == 0)
    }

    @Test func `subscribers and generations stay right, and a copied scene can be regenerated`() async throws {
        let old = try await BackfillStage()
        let stage = try await Stage.start()
        let project = try await stage.insertProject(Self.old)
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let before = viewer.mirror.generatedOutput
        let generations = try await stage.generations(project)

        #expect(try await old.backfill().status == 0)
        try await stage.save("new", scene: 3, of: project)
        try await viewer.read(to: try await stage.expected(project))
        let after = try await stage.generations(project)
        _ = try await stage.images("DELETE", project, query: "?scene_index=7")
        try await viewer.read(to: try await stage.expected(project))

        #expect(before?.contains(#""imageUrls": ["a", "b"]"#) == true)
        #expect(after == generations && Set(after.values) == [0])
        #expect(
            viewer.mirror.generatedOutput
                == #"{"scenes": [{"imageUrls": ["a", "b"]}, {"index": 7, "imageUrls": []}, {"imageUrls": ["new"]}]}"#)
    }

    @Test func `what cannot be copied is listed and stays`() async throws {
        let stage = try await BackfillStage()
        let project = try await stage.insertProject(
            #"{"scenes": [{"imageUrls": ["a"]}, {"imageUrls": ["b", 2]}, {"imageUrls": [""]}, {"index": "4", "imageUrls": ["d"]}, {"index": 9, "imageUrls": ["e"]}, {"index": 9, "imageUrls": ["f"]}, {"imageUrls": ["g"]}, {"imageUrls": ["h"]}]}"#
        )
        try await stage.writer.query("SELECT scene_sync_api.regenerate($1::uuid, ARRAY[1])", [project])
        try await stage.save("row", scene: 7, place: 5, of: project)
        let before = try await stage.outputs()

        let dry = try await stage.backfill("--dry-run")
        let json = try await stage.backfill("--dry-run", "--json")
        let rowsBefore = try await stage.rows(of: project)
        let run = try await stage.backfill("--json")

        #expect(dry.status == 0 && json.status == 0 && run.status == 0, "\(dry) \(json) \(run)")
        #expect(rowsBefore == ["7/5=row"])
        #expect(try await stage.rows(of: project) == ["7/5=row", "8/0=h"])
        expectSame(try await stage.outputs(), as: before)
        let lines = dry.output.split(separator: "\n")
        #expect(lines.count == 7)
        #expect(
            lines.first
                == "left out: \(project) scene 1 scenes[0]: images have left it, or it was regenerated: what is stored is not shown any more"
        )
        #expect(lines[4].contains("scene 9 scenes[4, 5]: scenes share this index"))
        #expect(lines[5] == "would copy 1 images of 1 scenes in 1 projects; 0 projects had nothing to copy")
        for (text, isDry) in [(json.output, true), (run.output, false)] {
            let node = try JSONReader.read(text)
            let leftOut = node["left_out"]?.elements ?? []
            #expect(
                leftOut.map { $0["reason"]?.plainString } == [
                    "lost-fallback", "odd-element", "empty-string", "odd-index", "shared-index",
                ])
            #expect(leftOut.map { $0["scene_index"]?.text } == ["1", "2", "3", "null", "9"])
            #expect(leftOut.last?["positions"]?.text == "[4, 5]")
            #expect(leftOut.allSatisfy { $0["project"]?.plainString == project })
            #expect(node["dry_run"]?.text == "\(isDry)")
            #expect(node["images_copied"]?.int == 1)
            #expect(node["projects_compared"]?.int == (isDry ? 0 : 1))
            #expect(node["scenes_left_out"]?.int == 5)
        }
    }

    @Test func `--project copies one alone`() async throws {
        let stage = try await BackfillStage()
        let one = try await stage.insertProject(Self.old)
        let other = try await stage.insertProject(Self.old)

        let run = try await stage.backfill("--project", one.uppercased())
        let unknown = try await stage.backfill("--project", "00000000-0000-4000-8000-000000000000")

        #expect(run.status == 0, "\(run)")
        #expect(try await stage.rows(of: one).count == 3)
        #expect(try await stage.rows(of: other).isEmpty)
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("there is no project 00000000-"))
    }

    @Test func `what the app's own rules refuse is listed, undone, and exit 1; the others are copied`() async throws {
        let stage = try await BackfillStage()
        try await stage.owner.run(
            script: """
                ALTER TABLE generated_images ADD CONSTRAINT no_ftp CHECK (image_url NOT LIKE 'ftp:%');
                CREATE FUNCTION sign() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    NEW.image_url := replace(NEW.image_url, 'unsigned', 'signed');
                    RETURN CASE WHEN NEW.image_url <> 'dropped' THEN NEW END;
                END $$;
                CREATE TRIGGER sign BEFORE INSERT ON generated_images FOR EACH ROW EXECUTE FUNCTION sign();
                """)
        let refused = try await stage.insertProject(#"{"scenes": [{"imageUrls": ["ftp://x"]}]}"#)
        let signed = try await stage.insertProject(#"{"scenes": [{"imageUrls": ["unsigned"]}, {"imageUrls": ["x"]}]}"#)
        let dropped = try await stage.insertProject(#"{"scenes": [{"imageUrls": ["dropped", "x"]}]}"#)
        let good = try await stage.insertProject(Self.old)
        let before = try await stage.outputs()

        let run = try await stage.backfill("--json")

        #expect(run.status == 1)
        let leftOut = try JSONReader.read(run.output)["left_out"]?.elements ?? []
        let reasons = Dictionary(
            uniqueKeysWithValues: leftOut.map { ($0["project"]?.plainString ?? "", $0["detail"]?.text ?? "") })
        #expect(reasons.count == 3)
        #expect(reasons[refused]?.contains("no_ftp") == true)
        #expect(reasons[signed]?.contains("readers would see something else") == true)
        #expect(reasons[dropped]?.contains("kept images from being inserted") == true)
        #expect(try await stage.rows(of: good).count == 3)
        #expect(try await stage.number("SELECT count(*) FROM generated_images") == 3)
        expectSame(try await stage.outputs(), as: before)
    }

    @Test func `only the owner may, and on a migrated database`() async throws {
        let stage = try await BackfillStage()

        let daemon = try await stage.backfill(as: .daemon)
        try await stage.owner.query("UPDATE scene_sync.applied SET checksum = 'x' WHERE name LIKE '20%'")
        let old = try await stage.backfill()

        for (run, words) in [(daemon, "the owner of the app's tables"), (old, "scenesync migrate")] {
            #expect(run.status == 1)
            #expect(run.errors.contains(words), "\(run)")
            #expect(run.output.isEmpty)
        }
    }

    @Test func `on a terminal its progress is one line, elsewhere lines`() async throws {
        let stage = try await BackfillStage()
        try await stage.insertOldProjects(1_200)
        let environment = ["DATABASE_URL": stage.database.connectionString(as: .owner)]

        let terminal = try await Program.sh(
            "script -qec \"\(Command.binary) backfill\" /dev/null", environment: environment)
        let plain = try await stage.backfill()

        #expect(terminal.status == 0)
        #expect(terminal.text.contains(" of 1,200 projects, "), "\(terminal.text)")
        #expect(terminal.text.contains(" projects/s, 0:0"))
        #expect(terminal.text.contains("\r\u{1B}[K"))
        #expect(terminal.text.contains("copied 7,200 images of 3,600 scenes in 1,200 projects"))
        #expect(plain.errors == "1,200 projects to look at\n")
    }
}
