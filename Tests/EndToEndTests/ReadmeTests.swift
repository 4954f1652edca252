import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.daemon(), .timeLimit(.minutes(1)))
struct ReadmeTests {
    /// The README's lines of shell.
    private static var commands: [Substring] {
        get throws {
            let text = try String(contentsOf: URL(filePath: Program.repository + "/README.md"), encoding: .utf8)
            return text.split(separator: "```").filter { $0.hasPrefix("sh\n") }.flatMap {
                $0.split(separator: "\n").dropFirst()
            }
        }
    }

    @Test func `its requests are answered`() async throws {
        let stage = try Stage.current
        try await stage.writer.query(
            "INSERT INTO content_creation_requests (id, generated_output) VALUES ($1::uuid, '{\"scenes\": [{}]}')",
            ["11111111-1111-4111-8111-111111111111"])
        let requests = try Self.commands.filter { $0.hasPrefix("curl") }
        let answers = [
            ("200 OK", "\"imageUrls\": []"), ("200 OK", "\"imageUrls\": []"), ("201 Created", "/1.png"),
            ("200 OK", "/2.png"), ("200 OK", "{\"deleted\": 1, "), ("200 OK", "{\"1\": "),
            ("200 OK", "\"summary\": "),
        ]
        #expect(requests.count == answers.count)

        for (request, answer) in zip(requests, answers) {
            let command = request.replacing("127.0.0.1:8787", with: "127.0.0.1:\(stage.daemon.port)")
            let run = try await Program.sh("timeout 2 \(command) || true")
            #expect(run.text.contains("HTTP/1.1 \(answer.0)"), "\(command): \(run.text)")
            #expect(run.text.contains(answer.1), "\(command): \(run.text)")
        }
    }

    @Test func `what it tells to make is there to make`() async throws {
        let help = try await Program.sh("make help")
        let targets = try Self.commands.filter { $0.hasPrefix("make ") }.map { $0.dropFirst(5) }

        #expect(help.status == 0)
        #expect(!targets.isEmpty)
        for target in targets + ["soak", "fuzz", "mutants", "lint", "format", "clean"] {
            #expect(help.text.contains("make \(target) "), "\(target): \(help.text)")
        }
    }

    @Test func `its commands of the daemon are commands, with those settings`() async throws {
        let text = try String(contentsOf: URL(filePath: Program.repository + "/README.md"), encoding: .utf8)
        let serve = try await Command.run(["serve", "--help"])
        let migrate = try await Command.run(["migrate", "--help"])

        for flag in [
            "--listen", "--heartbeat", "--cache-bytes", "--history", "--audit-interval", "--max-subscribers",
            "--drain-delay",
            "--log-level", "--log-format", "--allow-anonymous", "--max-body", "--read-only",
            "--auth", "--jwt-secret", "--jwks", "--jwt-issuer", "--jwt-audience", "--auth-cookie", "--authorize",
            "--reauthorize", "--cors-origin", "--allowed-host", "--admin-listen", "--tls-cert", "--tls-key", "--h2c",
            "--max-subscribers-per-address", "--max-subscribers-per-subject", "--trusted-proxy", "--max-requests",
            "--max-header", "--max-url", "--header-timeout", "--idle-timeout",
        ] {
            #expect(text.contains(flag) && serve.output.contains(flag), "\(flag)")
        }
        for flag in ["--status", "--dry-run", "--daemon-role", "--rls-role"] {
            #expect(text.contains(flag) && migrate.output.contains(flag), "\(flag)")
        }
    }
}
