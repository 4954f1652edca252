import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@testable import scenesync

/// What is secret is in no log, error, answer or process list.
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
    func `a daemon that lives tells nothing of it, whatever is asked and whatever happens`(flag: String) async throws {
        let database = try connectionString()
        let words = flag.split(separator: " ").map { String($0.replacing("STRING", with: database)) }
        let stage = try await Stage.start(
            words + Tokens.flags + ["--auth-cookie", "session", "--log-level", "trace"],
            environment: ["SCENESYNC_DATABASE_URL": database])
        let project = try await stage.insertProject()
        let good = Tokens.of(read: ["*"], write: ["*"], isAdmin: true)
        let tokens = [good, Tokens.of(read: ["*"], seconds: -9), good + "x", "x.y.z-not-a-token"]

        var told: [String] = []
        for token in tokens { told += try await answers(stage, project, token) }
        _ = try await stage.admin.query(
            "SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid",
            ["{\(try await stage.sessions().map { "\($0)" }.joined(separator: ","))}"])
        try await stage.daemon.logLine(containing: "stale: ")
        let arguments = try Data(contentsOf: URL(filePath: "/proc/\(stage.daemon.pid)/cmdline"))
        told += [String(decoding: arguments, as: UTF8.self), stage.daemon.log.joined(separator: "\n")]

        #expect(told.contains { $0.contains("--log-level\0trace") } && told.contains { $0.contains("scenesync_") })
        let settings = try await stage.admin.query(
            "SELECT channel, encode(signing_key, 'hex'), encode(signing_key, 'base64') FROM scene_sync.settings")
        let ofChannel = try (0..<3).map { try #require(settings.string(0, $0)) }
        for secret in ofChannel + tokens + [Self.password, Tokens.secret, "access_token"] {
            #expect(!told.contains { $0.contains(secret) }, "\(secret)")
        }
    }

    /// What is answered to requests that bear the token, wherever it may stand.
    private func answers(_ stage: Stage, _ project: String, _ token: String) async throws -> [String] {
        var told: [[UInt8]] = []
        for way in Way.allCases {
            for path in [
                "/v1/projects/\(project)", "/metrics", "/v1/monitor", "/readyz",
                "/v1/explain?project=\(project)&access_token=\(token)",
                "/v1/explain?project=\(project)&scene_index=1&access_token=\(token)",
            ] {
                told.append(try await stage.get(path, as: token, way.headers).bytes)
            }
            let cookie = way.headers.merging(["Cookie": "session=\(token)"]) { $1 }
            told.append(try await stage.daemon.client().get("/v1/projects/\(project)", cookie).bytes)
            told.append(try await stage.daemon.client().get("/nowhere?access_token=\(token)", way.headers).bytes)
            let stream = try await HTTPConnection.open(port: stage.daemon.port)
            let target = "/v1/projects/\(project)/events?access_token=\(token)"
            try await stream.send(HTTPClient.bytes("GET", target, way.headers, nil))
            told.append(try await stream.read(until: .now + .seconds(10)))
        }
        told.append(try await stage.images("PUT", project, "{", key: "k", headers: Tokens.header(token)).bytes)
        return told.map { String(decoding: $0, as: UTF8.self) }
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
            "scenesync\0serve\0--database-url\0secret\0--listen\0x:1\0--jwt-secret=ü!\0--database-url=\0--token\0t\0--auth\0none\0"
        var memory = Array(text.utf8)

        let arguments = text.dropLast().split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        memory.withUnsafeMutableBytes { memory in
            guard let place = memory.bindMemory(to: CChar.self).baseAddress else { return }
            VisibleArguments.hideSecrets(arguments, at: place)
        }

        #expect(
            String(decoding: memory, as: UTF8.self)
                == "scenesync\0serve\0--database-url\0xxxxxx\0--listen\0x:1\0--jwt-secret=xxx\0--database-url=\0--token\0x\0--auth\0none\0"
        )
    }

    @Test func `a connection that others could read is warned of, once`() async throws {
        let daemon = try await DaemonProcess.start(
            ["--database-url", "host=192.0.2.1 port=1 user=a password=\(Self.password) connect_timeout=2"]
                + ["--log-level", "debug"])

        let line = try await daemon.logLine(containing: "sslmode=prefer")
        try await eventually("it has tried again", within: .seconds(20)) {
            daemon.log.count { $0.contains("stale: ") } >= 2
        }

        #expect(line.contains("warning") && line.contains("192.0.2.1") && line.contains("verify-full"))
        #expect(daemon.log.count { $0.contains("verify-full") } == 1)
        expectSecret(daemon.log.joined(separator: "\n"))
    }
}
