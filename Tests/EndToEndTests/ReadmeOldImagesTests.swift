import FoundationEssentials
import PostgresTestSupport
import Testing

/// The README's commands for old images and for checking a deployment, word for word.
@Suite(.database(.sceneSync), .timeLimit(.minutes(1)))
struct ReadmeOldImagesTests {
    private func lines(_ command: String) throws -> [String] {
        let text = try String(contentsOf: URL(filePath: Program.repository + "/README.md"), encoding: .utf8)
        let lines = text.split(separator: "\n").filter { $0.hasPrefix(".build/release/scenesync \(command)") }
        return try #require(lines.isEmpty ? nil : lines).map {
            String($0).replacing(".build/release/scenesync", with: Command.binary)
        }
    }

    @Test func `its commands copy old images`() async throws {
        let stage = try await BackfillStage()
        try await stage.insertOldProjects(3)
        let environment = ["DATABASE_URL": stage.database.connectionString(as: .owner)]
        let commands = try lines("backfill")

        let runs = try await [
            Program.sh(commands[0], environment: environment), Program.sh(commands[1], environment: environment),
        ]

        #expect(commands.count == 2)
        #expect(runs.map(\.status) == [0, 0])
        #expect(runs[0].text.contains("would copy 18 images of 9 scenes in 3 projects"))
        #expect(runs[1].text.contains("copied 18 images of 9 scenes in 3 projects"))
        #expect(try await stage.number("SELECT count(*) FROM generated_images") == 18)
    }

    @Test func `its command checks a deployment`() async throws {
        let stage = try await Stage.start()
        let command = try #require(try lines("verify").first)

        let run = try await Program.sh(
            command,
            environment: [
                "DATABASE_URL": stage.database.connectionString(as: .writer),
                "SCENESYNC_URL": "http://127.0.0.1:\(stage.daemon.port)",
            ])

        #expect(run.status == 0, "\(run.text)")
        #expect(run.text.hasSuffix("14 checks passed\n"))
    }

    @Test func `the flags that it tells of are there`() async throws {
        let text = try String(contentsOf: URL(filePath: Program.repository + "/README.md"), encoding: .utf8)

        for (command, flags) in [
            ("backfill", ["--dry-run", "--project", "--json", "--wait", "--restart"]),
            ("verify", ["--url", "--token", "--project", "--json"]),
        ] {
            let help = try await Command.run([command, "--help"])
            for flag in flags { #expect(text.contains(flag) && help.output.contains(flag), "\(command) \(flag)") }
        }
    }
}
