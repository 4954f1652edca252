import FoundationEssentials
import Glibc
import Postgres
import PostgresTestSupport
import Testing

/// The README's commands that look at a deployment, word for word but for its addresses.
@Suite(.daemon(), .timeLimit(.minutes(1)))
struct ReadmeLookTests {
    private static let project = "11111111-1111-4111-8111-111111111111"

    /// The one line of shell that has these words.
    private static func line(_ words: String) throws -> String {
        let text = try String(contentsOf: URL(filePath: Program.repository + "/README.md"), encoding: .utf8)
        let blocks = text.split(separator: "```").filter { $0.hasPrefix("sh\n") }
        return String(try #require(blocks.flatMap { $0.split(separator: "\n") }.first { $0.contains(words) }))
    }

    @Test func `doctor looks at the database`() async throws {
        let stage = try Stage.current
        let line = try Self.line("scenesync doctor").replacing(".build/release/scenesync", with: Command.binary)

        let run = try await Program.sh(
            line.replacing("postgresql://app@localhost/app", with: "'\(stage.database.connectionString())'"))

        #expect(run.text.contains("✓ notifications "), "\(run)")
        #expect(run.text.contains("✓ triggers "), "\(run)")
        #expect([0, 2].contains(run.status))
    }

    @Test func `watch follows a project`() async throws {
        let stage = try Stage.current
        try await stage.writer.query(
            "INSERT INTO content_creation_requests (id, generated_output) VALUES ($1::uuid, '{\"scenes\": [{}]}')",
            [Self.project])
        let line = try Self.line("scenesync watch").replacing(".build/release/scenesync", with: Command.binary)
        let child = try await ChildProcess.start(
            ["/bin/sh", "-c", "exec \(line)"],
            environment: ["SCENESYNC_URL": "http://127.0.0.1:\(stage.daemon.port)"])
        let lines = LogLines()
        lines.read(child.output)
        _ = try await lines.first(within: .seconds(20)) { $0.contains(" live: 0 images in 1 scene") }

        try await stage.save("/1.png", scene: 1, of: Self.project)

        _ = try await lines.first(within: .seconds(20)) { $0.hasSuffix(" + scene 1: /1.png") }
        child.signal(SIGINT)
        #expect(await child.waitForExit() == 0)
    }
}
