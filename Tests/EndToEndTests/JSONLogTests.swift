import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// What others write gets into the log as a part of one line, if at all.
@Suite(.database(.sceneSync), .timeLimit(.minutes(1)))
struct JSONLogTests {
    private static let hostile = "a \"quoted\" word\n{\"level\": \"forged\"}\r\n\\\u{2028}end"

    /// The name of a function, as SQL has it.
    private static let function = #""a ""quoted"" word {""level"": ""forged""}"()"#

    /// The members of a line, which has to be one object of strings.
    private static func members(of line: String) throws -> [String: String] {
        try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
    }

    @Test func `each line is one object, whatever requests, payloads and the database say`() async throws {
        let stage = try await Stage.start(["--log-format", "json", "--log-level", "trace"])
        let project = try await stage.insertProject()
        try await stage.admin.query(
            """
            CREATE FUNCTION public.\(Self.function) RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION USING ERRCODE = NEW.image_index::text, MESSAGE = NEW.image_url, DETAIL = NEW.image_url;
            END $$
            """)
        try await stage.admin.query(
            "CREATE TRIGGER refuse BEFORE INSERT ON generated_images FOR EACH ROW EXECUTE FUNCTION public.\(Self.function)"
        )
        let channel = try #require(
            try await stage.admin.query("SELECT channel FROM scene_sync.settings").string(0, 0))

        let url = try #require(String(data: try JSONEncoder().encode(Self.hostile), encoding: .utf8))
        // Codes of the app's own, of the server's, and of one that nobody knows what to do about.
        var refusals: [Int] = []
        for code in [99_001, 42_501, 42_601, 57_014, 23_514] {
            let image = #"{"scene_index": 1, "image_index": \#(code), "image_url": \#(url)}"#
            refusals.append(try await stage.images("POST", project, image).status)
        }
        let failed = try await stage.metric("scenesync_writes_total", "operation=\"save\",outcome=\"failed\"")
        try await stage.admin.query("SELECT pg_notify($1, $2)", [channel, Self.hostile])
        for target in ["/v1/projects/%22%0A%7B", "/%0A{\"level\":\"forged\"}", "/v1/projects/\(project)?%22=%0A"] {
            _ = try await stage.client.get(target, ["User-Agent": "\"}{\"level\": \"forged\"", "X-Odd": "\"\\"])
        }
        try await stage.admin.query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE usename = $1 AND datname = current_database()
            """, [Role.daemon.rawValue])
        try await stage.daemon.logLine(containing: "stale: ")
        _ = await stage.daemon.stop()

        #expect(refusals == [500, 500, 500, 503, 422])
        #expect(failed == 3)
        let lines = try stage.daemon.log.map { try Self.members(of: $0) }
        #expect(lines.count > 3)
        for line in lines {
            #expect(Set(line.keys).isSuperset(of: ["time", "level", "message"]))
            #expect(["trace", "debug", "info", "warning", "error"].contains(line["level"]))
        }
        // What has failed is told by its code and its place; and the test has seen what it is about, since that is quoted.
        let failures = lines.compactMap(\.["message"]).filter { $0.hasPrefix("a write failed") }
        for (failure, code) in zip(failures, ["99001", "42501", "42601"]) {
            #expect(failure.contains("an error \(code), PL/pgSQL function \"a \"\"quoted\"\" word"), "\(failure)")
        }
        #expect(failures.count == 3)
    }

    /// Also what a request has asked for is in no line.
    @Test(arguments: ["text", "json"])
    func `no line has an image's URL, whether it is saved or not`(format: String) async throws {
        let stage = try await Stage.start(["--log-format", format, "--log-level", "trace"])
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let image = #"{"scene_index": 1, "image_url": "https://e.com/secret-of-a-row"}"#
        try await stage.admin.query(
            """
            ALTER TABLE generated_images ADD CONSTRAINT short CHECK (length(image_url) < 40 OR scene_index = 1)
            """)

        let answers = try await [
            stage.images("POST", project, image), stage.images("POST", project, image),
            stage.images(
                "POST", project, image.replacing("1,", with: "2,").replacing("row", with: "row-that-is-longer")),
        ]
        _ = try await viewer.next()
        _ = await stage.daemon.stop()

        #expect(answers.map(\.status) == [201, 409, 422], "\(answers.map(\.text))")
        #expect(stage.daemon.log.count > 2)
        #expect(!stage.daemon.log.contains { $0.contains("secret-of-a-row") })
    }
}
