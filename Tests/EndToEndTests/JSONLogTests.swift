import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// What others write gets into the log as a part of one line, if at all.
@Suite(.database(.sceneSync), .timeLimit(.minutes(1)))
struct JSONLogTests {
    private static let hostile = "a \"quoted\" word\n{\"level\": \"forged\"}\r\n\\\u{2028}end"

    /// The members of a line, which has to be one object of strings.
    private static func members(of line: String) throws -> [String: String] {
        try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
    }

    @Test func `each line is one object, whatever requests, payloads and the database say`() async throws {
        let stage = try await Stage.start(["--log-format", "json", "--log-level", "trace"])
        let project = try await stage.insertProject()
        try await stage.admin.query(
            """
            CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION USING ERRCODE = 'ZZ001', MESSAGE = NEW.image_url; END $$
            """)
        try await stage.admin.query(
            "CREATE TRIGGER refuse BEFORE INSERT ON generated_images FOR EACH ROW EXECUTE FUNCTION public.refuse()")
        let channel = try #require(
            try await stage.admin.query("SELECT channel FROM scene_sync.settings").string(0, 0))

        let url = try #require(String(data: try JSONEncoder().encode(Self.hostile), encoding: .utf8))
        let refused = try await stage.images("POST", project, #"{"scene_index": 1, "image_url": \#(url)}"#)
        try await stage.admin.query("SELECT pg_notify($1, $2)", [channel, Self.hostile])
        for target in ["/v1/projects/%22%0A%7B", "/%0A{\"level\":\"forged\"}", "/v1/projects/\(project)?%22=%0A"] {
            _ = try await stage.client.get(target, ["User-Agent": "\"}{\"level\": \"forged\"", "X-Odd": "\"\\"])
        }
        try await stage.admin.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", [Role.daemon.rawValue])
        try await stage.daemon.logLine(containing: "stale: ")
        _ = await stage.daemon.stop()

        #expect(refused.status == 500)
        let lines = try stage.daemon.log.map { try Self.members(of: $0) }
        #expect(lines.count > 3)
        for line in lines {
            #expect(Set(line.keys).isSuperset(of: ["time", "level", "message"]))
            #expect(["trace", "debug", "info", "warning", "error"].contains(line["level"]))
        }
        // It was quoted, so the test has seen what it is about.
        #expect(lines.contains { $0["level"] == "error" && $0["message"]?.contains("a \"quoted\" word") == true })
    }
}
