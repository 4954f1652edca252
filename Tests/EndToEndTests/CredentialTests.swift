import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@testable import scenesync

/// A password is in no log, error, metric or process list.
@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct CredentialTests {
    private static let password = "hunter2-9f3c"

    /// The connection string of the daemon, with a password that the server does not ask for.
    private func connectionString() throws -> String {
        try Database.current.connectionString(as: .daemon) + " password=\(Self.password)"
    }

    private func expectSecret(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(!text.contains(Self.password), sourceLocation: sourceLocation)
    }

    @Test(arguments: ["--database-url STRING", "--database-url=STRING", ""])
    func `a daemon that lives does not tell it`(flag: String) async throws {
        let database = try connectionString()
        let words = flag.split(separator: " ").map { String($0.replacing("STRING", with: database)) }
        let daemon = try await DaemonProcess.start(
            words + ["--log-level", "trace"], environment: ["SCENESYNC_DATABASE_URL": database])
        let arguments = try Data(contentsOf: URL(filePath: "/proc/\(daemon.pid)/cmdline"))
        try await eventually("it is ready") { try await daemon.client().get("/readyz").status == 200 }

        for path in ["/metrics", "/v1/monitor", "/readyz", "/"] {
            expectSecret(try await daemon.client().get(path).text)
        }
        try await Database.current.open(as: .superuser).query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'scenesync_daemon' AND datname = current_database()"
        )
        try await daemon.logLine(containing: "stale: ")
        expectSecret(String(decoding: arguments, as: UTF8.self))
        #expect(String(decoding: arguments, as: UTF8.self).contains("--log-level\0trace"))
        expectSecret(daemon.log.joined(separator: "\n"))
    }

    @Test(arguments: [
        "host=127.0.0.1 port=1 user=a password=PW", "postgresql://a:PW@127.0.0.1:1/x", "postgresql://a:PW@[::",
        "host=127.0.0.1 port=1 pasword=PW", "postgres//a:PW@127.0.0.1:1/x", "PW",
        "postgresql://a:PW@127.0.0.1:1/x?y=PW",
    ])
    func `an error does not quote it`(string: String) async throws {
        let string = string.replacing("PW", with: Self.password)

        for arguments in [["migrate", "--status"], ["migrate", "--database-url", string]] {
            let command = try await Command.run(arguments, environment: ["SCENESYNC_DATABASE_URL": string])
            #expect(command.status == 69 || command.status == 78, "\(command.status)")
            expectSecret(command.errors + command.output)
        }
    }

    @Test func `of the arguments only what is secret is covered`() {
        let text =
            "scenesync\0serve\0--database-url\0secret\0--listen\0x:1\0--jwt-secret=ü!\0--database-url=\0--auth\0none\0"
        var memory = Array(text.utf8)

        let arguments = text.dropLast().split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        memory.withUnsafeMutableBytes { memory in
            guard let place = memory.bindMemory(to: CChar.self).baseAddress else { return }
            VisibleArguments.hideSecrets(arguments, at: place)
        }

        #expect(
            String(decoding: memory, as: UTF8.self)
                == "scenesync\0serve\0--database-url\0xxxxxx\0--listen\0x:1\0--jwt-secret=xxx\0--database-url=\0--auth\0none\0"
        )
    }

    @Test func `a connection that others could read is warned of, once`() async throws {
        let daemon = try await DaemonProcess.start(
            ["--database-url", "host=192.0.2.1 port=1 user=a password=\(Self.password) connect_timeout=2"])

        let line = try await daemon.logLine(containing: "sslmode=prefer")
        _ = try await daemon.client().get("/readyz")

        #expect(line.contains("warning") && line.contains("192.0.2.1") && line.contains("verify-full"))
        #expect(daemon.log.count { $0.contains("verify-full") } == 1)
        expectSecret(daemon.log.joined(separator: "\n"))
    }
}
