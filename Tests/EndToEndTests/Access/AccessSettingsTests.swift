import FoundationEssentials
import PostgresTestSupport
import Testing

/// Settings that would leave a door open are refused.
@Suite(.database(.sceneSync), .timeLimit(.minutes(1)))
struct AccessSettingsTests {
    @Test(arguments: [
        ["--auth", "jwt"], ["--auth", "jwt", "--jwt-secret", "too short"],
        [
            "--auth", "jwt",
            "--jwt-secret=-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA0123456789012345678901234567890\n",
        ],
        ["--auth", "jwt", "--jwks", "/nonexistent/keys.json"], ["--jwt-secret", Tokens.secret], ["--jwks", "/x"],
        ["--authorize", "rls"], ["--auth", "none", "--jwt-secret", Tokens.secret], ["--cors-origin", "*"],
        ["--cors-origin", "null"], ["--cors-origin", "https://app.example/"], ["--cors-origin", "app.example"],
        ["--listen", "0.0.0.0:0", "--auth", "none"],
    ])
    func `they are exit 78, in one line that tells no secret`(flags: [String]) async throws {
        let database = try Database.current.connectionString(as: .daemon)
        let listen = flags.contains("--listen") ? [] : ["--listen", "127.0.0.1:0"]

        let command = try await Command.run(
            ["serve"] + listen + flags, environment: ["DATABASE_URL": database], within: .seconds(20))

        #expect(command.status == 78, "\(command)")
        #expect(command.errors.split(separator: "\n").count == 1)
        #expect(!command.errors.contains(Tokens.secret) && !command.errors.contains("too short\""))
    }

    @Test(arguments: [["--auth", "x"], ["--authorize", "x"], ["--reauthorize", "0"], ["--admin-listen", "x"]])
    func `a bad value is exit 64`(flags: [String]) async throws {
        let command = try await Command.run(
            ["serve"] + flags, environment: ["DATABASE_URL": "host=127.0.0.1"], within: .seconds(20))

        #expect(command.status == 64)
    }

    @Test func `no secret is in the process list`() async throws {
        let database = try Database.current.connectionString(as: .daemon) + " password=s3cr3t"
        let daemon = try await DaemonProcess.start(
            Tokens.flags + ["--database-url=\(database)", "--auth-cookie", "a-name-to-be-seen"])

        let arguments = try String(contentsOf: URL(filePath: "/proc/\(daemon.pid)/cmdline"), encoding: .utf8)

        #expect(arguments.contains("--jwt-secret\0xxxx") && arguments.contains("--database-url=xxxx"))
        #expect(!arguments.contains(Tokens.secret) && !arguments.contains("s3cr3t"))
        #expect(arguments.contains("a-name-to-be-seen"))
        #expect(try await daemon.client().get("/metrics", Tokens.header(Tokens.of(isAdmin: true))).status == 200)
    }

    @Test func `a token counts if it is of the issuer and for the audience that are named`() async throws {
        let database = try Database.current.connectionString(as: .daemon)
        let daemon = try await DaemonProcess.start(
            Tokens.flags + ["--jwt-issuer", "https://issuer.example", "--jwt-audience", "scenesync"],
            database: database)

        for (claims, status) in [
            (#""iss": "https://issuer.example", "aud": "scenesync", "#, 200),
            (#""iss": "https://other.example", "aud": "scenesync", "#, 401),
            (#""iss": "https://issuer.example", "aud": "other", "#, 401), ("", 401),
        ] {
            let token = Tokens.sign("{\(claims)\"scenesync\": {\"admin\": true}}")
            #expect(try await daemon.client().get("/metrics", Tokens.header(token)).status == status, "\(claims)")
        }
    }

    @Test func `with tokens an address may be everybody's, and any name leads there`() async throws {
        let daemon = try await DaemonProcess.start(
            ["--listen", "0.0.0.0:0"],
            environment: [
                "SCENESYNC_AUTH": "jwt", "SCENESYNC_JWT_SECRET": Tokens.secret,
                "SCENESYNC_CORS_ORIGIN": "https://a.example, https://b.example",
                "SCENESYNC_DATABASE_URL": try Database.current.connectionString(as: .daemon),
            ])
        let client = daemon.client()

        #expect(try await client.get("/healthz", ["Host": "any.example"]).status == 200)
        #expect(try await client.get("/metrics").status == 401)
        #expect(try await client.get("/metrics", Tokens.header(Tokens.of(isAdmin: true))).status == 200)
        let answer = try await client.get("/healthz", ["Origin": "https://b.example"])
        #expect(answer["Access-Control-Allow-Origin"] == "https://b.example")
    }

    @Test func `where names are given, no other leads to an address that is everybody's`() async throws {
        let daemon = try await DaemonProcess.start(
            ["--listen", "0.0.0.0:0", "--allow-anonymous", "--allowed-host", "sync.example"],
            database: try Database.current.connectionString(as: .daemon))

        for (host, status) in [("any.example", 421), ("sync.example", 200), ("127.0.0.1", 200)] {
            #expect(try await daemon.client().get("/healthz", ["Host": host]).status == status, "\(host)")
        }
    }
}
