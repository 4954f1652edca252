import Glibc
import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(1)))
struct CommandTests {
    private static let nobody = "host=127.0.0.1 port=1 user=x dbname=x connect_timeout=2"

    /// One line on stderr, nothing on stdout, and this status.
    private func expectRefusal(_ command: Command, _ status: Int32) {
        #expect(command.status == status, "\(command)")
        #expect(command.errors.split(separator: "\n").count == 1, "\(command)")
        #expect(command.output.isEmpty)
    }

    @Test func `no arguments and --help print the help`() async throws {
        let nothing = try await Command.run([])
        #expect((nothing.output + nothing.errors).contains("SUBCOMMANDS"))

        for words in [
            ["--help"], ["serve", "--help"], ["migrate", "--help"], ["demo", "--help"], ["health", "--help"],
            ["backfill", "--help"], ["verify", "--help"],
            ["doctor", "--help"], ["watch", "--help"],
        ] {
            let help = try await Command.run(words)
            #expect(help.status == 0)
            #expect(help.output.contains("USAGE: scenesync"))
        }
    }

    @Test(arguments: [
        ["nonsense"], ["serve", "--nonsense"], ["serve", "x"], ["serve", "--listen", "nonsense"],
        ["serve", "--listen", ":0"],
        ["serve", "--listen", "127.0.0.1:65536"], ["serve", "--heartbeat", "x"], ["serve", "--heartbeat", "0"],
        ["serve", "--heartbeat", "-1"], ["serve", "--audit-interval", "0"], ["serve", "--audit-interval", "x"],
        ["serve", "--history", "-1"], ["serve", "--cache-bytes", "1.5"],
        ["serve", "--max-subscribers", "-1"], ["serve", "--drain-delay", "-1"], ["serve", "--log-level", "loud"],
        ["serve", "--log-format", "xml"], ["serve", "--auth", "x"], ["migrate", "--wait", "x"],
        ["migrate", "--wait", "-1"],
        ["health", "--listen", "x"], ["demo", "--heartbeat", "0"],
        ["backfill", "--project", "x"], ["backfill", "--wait", "-1"], ["backfill", "x"], ["verify", "--url", "x"],
        ["verify", "--url", "ftp://x"], ["verify", "--url", "http://x:y"], ["verify", "--project", "x"],
    ])
    func `a bad flag or value is exit 64`(words: [String]) async throws {
        let database = try Database.current.connectionString(as: .daemon)
        let command = try await Command.run(words, environment: ["DATABASE_URL": database], within: .seconds(5))

        #expect(command.status == 64, "\(command)")
        #expect(command.output.isEmpty)
        #expect(!command.errors.isEmpty)
    }

    @Test func `that nobody listens is said in words`() async throws {
        let command = try await Command.run(["health", "--listen", "127.0.0.1:1"], environment: [:])

        #expect(command.status == 1)
        #expect(command.errors == "scenesync: nobody listens at 127.0.0.1, port 1\n")
    }

    @Test(arguments: [[], ["--tls"]])
    func `a daemon that hangs is not healthy`(flags: [String]) async throws {
        let daemon = try await DaemonProcess.start(database: try Database.current.connectionString(as: .daemon))
        daemon.signal(SIGSTOP)

        let health = try await Command.run(
            ["health", "--listen", "127.0.0.1:\(daemon.port)"] + flags, within: .seconds(30))
        daemon.kill()

        expectRefusal(health, 1)
        #expect(health.errors == "scenesync: 127.0.0.1, port \(daemon.port) does not answer within 3 s\n")
    }

    @Test(arguments: [
        ["SCENESYNC_HEARTBEAT": "0"], ["SCENESYNC_HEARTBEAT": "x"], ["SCENESYNC_AUDIT_INTERVAL": "0"],
        ["SCENESYNC_LISTEN": "nonsense"],
        ["SCENESYNC_HISTORY": ""],
        ["SCENESYNC_LOG_LEVEL": "loud"], ["SCENESYNC_ALLOW_ANONYMOUS": "perhaps"], ["SCENESYNC_CONFIG": "/nonexistent"],
        ["SCENESYNC_LISTEN": "0.0.0.0:0"], ["SCENESYNC_LISTEN": "[::]:0"],
    ])
    func `a bad setting from elsewhere is exit 78, and named`(environment: [String: String]) async throws {
        var all = environment
        all["DATABASE_URL"] = try Database.current.connectionString(as: .daemon)
        let command = try await Command.run(["serve"], environment: all, within: .seconds(5))

        expectRefusal(command, 78)
        let (name, value) = try #require(environment.first)
        #expect(command.errors.contains(name) || command.errors.contains(value))
    }

    @Test(arguments: [
        ("heartbeat", "4294967295"), ("heartbeat", "86401"), ("reauthorize", "9999999999"),
        ("idle-timeout", "9999999999"), ("header-timeout", "9999999999"), ("drain-delay", "86401"),
        ("audit-interval", "86401"), ("max-body", "1152921504606846976"), ("cache-bytes", "1152921504606846976"),
        ("max-header", "1152921504606846976"), ("max-url", "1152921504606846976"), ("history", "9999999999"),
        ("busy-above", "9999999999"), ("max-subscribers", "9999999999"), ("max-requests", "9999999999"),
        ("max-subscribers-per-address", "9999999999"), ("max-subscribers-per-subject", "9223372036854775807"),
    ])
    func `a number beyond its range is refused with the range, wherever it was said`(name: String, value: String)
        async throws
    {
        let folder = try TemporaryFolder()
        let file = try folder.write(#"{"\#(name)": \#(value)}"#, to: "config.json")
        let variable = "SCENESYNC_" + name.uppercased().replacing("-", with: "_")
        let serve = ["serve", "--listen", "127.0.0.1:0"]
        let database = ["DATABASE_URL": try Database.current.connectionString(as: .daemon)]

        let flag = try await Command.run(serve + ["--\(name)", value], environment: database, within: .seconds(5))
        let elsewhere = [
            try await Command.run(
                serve, environment: database.merging([variable: value]) { $1 }, within: .seconds(5)),
            try await Command.run(serve + ["--config", file], environment: database, within: .seconds(5)),
        ]

        expectRefusal(flag, 64)
        for command in elsewhere { expectRefusal(command, 78) }
        for command in [flag] + elsewhere { #expect(command.errors.contains(/from \S+ to \S+/), "\(command)") }
    }

    @Test(arguments: ["migrate", "backfill"])
    func `a wait beyond a day is refused`(command: String) async throws {
        let flag = try await Command.run([command, "--wait", "86401", "--database-url", Self.nobody])
        let variable = try await Command.run(
            [command, "--database-url", Self.nobody], environment: ["SCENESYNC_WAIT": "86401"])

        expectRefusal(flag, 64)
        expectRefusal(variable, 78)
    }

    @Test(arguments: ["0.0.0.0:0", "[::]:0", "127.example.com.:0", "127.1.evil.example:0", "10.0.0.1:0"])
    func `an address that is not loopback wants --allow-anonymous`(address: String) async throws {
        let database = try Database.current.connectionString(as: .daemon)

        let refused = try await Command.run(
            ["serve", "--listen", address], environment: ["DATABASE_URL": database], within: .seconds(5))

        expectRefusal(refused, 78)
        #expect(refused.errors.contains("--allow-anonymous"))
    }

    @Test func `--allow-anonymous lets everybody in`() async throws {
        let database = try Database.current.connectionString(as: .daemon)
        let open = try await DaemonProcess.start(["--listen", "0.0.0.0:0", "--allow-anonymous"], database: database)

        #expect(try await open.client().get("/healthz").status == 200)
    }

    @Test func `a taken port is exit 1, and named`() async throws {
        let database = try Database.current.connectionString(as: .daemon)
        let first = try await DaemonProcess.start(database: database)

        let second = try await Command.run(
            ["serve", "--listen", "127.0.0.1:\(first.port)"], environment: ["DATABASE_URL": database],
            within: .seconds(10))

        #expect(second.status == 1)
        #expect(second.errors.contains("127.0.0.1:\(first.port)"))
        #expect(try await first.client().get("/healthz").status == 200)
    }

    @Test func `flags go before the environment, and that before the file`() async throws {
        let folder = try TemporaryFolder()
        let database = try Database.current.connectionString(as: .owner)
        let bad = try folder.write(#"{"database-url": "\#(Self.nobody)", "wait": "x"}"#, to: "bad.json")
        let good = try folder.write(#"{"database-url": "\#(database)", "wait": 5}"#, to: "good.json")
        let status = ["migrate", "--status"]

        let runs = [
            try await Command.run(
                status + ["--database-url", database], environment: ["SCENESYNC_DATABASE_URL": Self.nobody]),
            try await Command.run(
                status, environment: ["SCENESYNC_DATABASE_URL": database, "DATABASE_URL": Self.nobody]),
            try await Command.run(
                status + ["--config", bad, "--wait", "5"], environment: ["SCENESYNC_DATABASE_URL": database]),
            try await Command.run(status + ["--config", good], environment: ["DATABASE_URL": Self.nobody]),
            try await Command.run(status, environment: ["SCENESYNC_CONFIG": good]),
            try await Command.run(status, environment: ["DATABASE_URL": database]),
            try await Command.run(
                status,
                environment: [
                    "PGHOST": "127.0.0.1", "PGPORT": "\(Database.current.server.port)", "PGUSER": Role.owner.rawValue,
                    "PGDATABASE": Database.current.name,
                ]),
            try await Command.run(status + ["--config", bad], environment: ["SCENESYNC_DATABASE_URL": database]),
        ]

        #expect(runs.map(\.status) == [0, 0, 0, 0, 0, 0, 0, 78])
    }

    @Test(arguments: ["heartbeet", "dry-run", "Wait"])
    func `a key of the configuration file that is no setting is exit 78`(key: String) async throws {
        let file = try TemporaryFolder()
        let path = try file.write(#"{"wait": 5, "\#(key)": true}"#, to: "config.json")

        let run = try await Command.run(["migrate", "--config", path, "--database-url", Self.nobody])

        expectRefusal(run, 78)
        #expect(run.errors.contains(#""\#(key)""#))
    }

    @Test(arguments: ["{", "[]", "7", #"{"heartbeat": {"a": 1}}"#, ""])
    func `a configuration file that cannot be used is exit 78`(text: String) async throws {
        let file = try TemporaryFolder()
        let path = try file.write(text, to: "config.json")

        expectRefusal(try await Command.run(["serve", "--config", path], within: .seconds(5)), 78)
    }

    @Test func `a database that is not there is exit 69`() async throws {
        expectRefusal(try await Command.run(["migrate", "--database-url", Self.nobody]), 69)
        expectRefusal(try await Command.run(["migrate", "--status", "--database-url", Self.nobody]), 69)
        expectRefusal(try await Command.run(["backfill", "--database-url", Self.nobody]), 69)
        expectRefusal(try await Command.run(["verify", "--database-url", Self.nobody]), 69)
    }

    @Test(
        arguments: ["serve", "migrate"],
        [
            "nonsense", "host=x nonsense=y", "postgresql://u:s3cr3t@[x/db", "host=x password='s3cr3t",
            "postgresql://u:s3cr3t@h:port:1/%zz",
            "password=s3cr3t s3cr3t",
        ])
    func `a connection string that cannot be read is exit 78, and its password is not told`(
        command: String, text: String
    ) async throws {
        let run = try await Command.run(
            [command, "--database-url", text, "--listen", "127.0.0.1:0"].filter {
                command == "serve" || !["--listen", "127.0.0.1:0"].contains($0)
            }, within: .seconds(5))

        expectRefusal(run, 78)
        #expect(!run.errors.contains("s3cr3t"))
    }

    /// Where they come from makes no difference: an attempt that ends too soon begins with the first one again.
    @Test(arguments: ["PGHOST", "DATABASE_URL"])
    func `the last host is tried when the others say nothing`(variable: String) async throws {
        let database = try Database.current
        let silent = try BlackHole()
        let (hosts, ports) = ("127.0.0.1,127.0.0.1,127.0.0.1", "\(silent.port),\(silent.port),\(database.server.port)")
        let folder = try TemporaryFolder()
        let services = try folder.write("[app]\nhost=\(hosts)\nport=\(ports)\n", to: "services")
        let ways = ["PGHOST": hosts, "DATABASE_URL": "service=app"]

        let status = try await Command.run(
            ["migrate", "--status"],
            environment: [
                variable: ways[variable] ?? "", "PGPORT": variable == "PGHOST" ? ports : "1", "PGSERVICEFILE": services,
                "PGUSER": Role.owner.rawValue, "PGDATABASE": database.name,
            ])

        #expect(status.status == 0, "\(status)")
    }

    @Test(arguments: [
        "host=127.0.0.1 port=1 password=s3cr3t", "postgresql://u:s3cr3t@127.0.0.1:1/db?sslpassword=s3cr3t",
    ])
    func `no password comes into the log`(text: String) async throws {
        let daemon = try await DaemonProcess.start(["--log-level", "trace"], database: text)
        try await daemon.logLine(containing: "stale")
        let ready = try await daemon.client().get("/readyz")
        #expect(await daemon.stop() == 0)
        let migrate = try await Command.run(["migrate", "--database-url", text])

        #expect(!daemon.log.joined().contains("s3cr3t"))
        #expect(!ready.text.contains("s3cr3t"))
        #expect(!(migrate.errors + migrate.output).contains("s3cr3t"))
        #expect(migrate.status == 69)
    }

    @Test func `the log is JSON where that is asked for`() async throws {
        let folder = try TemporaryFolder()
        let script = try folder.write(
            "exec \(Command.binary) serve --log-format json --listen 127.0.0.1:0 --drain-delay 0", to: "run")
        let child = try await ChildProcess.start(
            ["/bin/sh", script], environment: ["DATABASE_URL": try Database.current.connectionString(as: .daemon)])
        let lines = LogLines()
        lines.read(child.errors)

        _ = try await lines.first(within: .seconds(20)) { $0.contains("live") }
        child.signal(15)
        _ = await child.waitForExit()

        for line in lines.all {
            let node = try JSONReader.read(line)
            for key in ["time", "level", "message"] { #expect(node[key]?.plainString != nil, "\(line)") }
        }
    }
}
