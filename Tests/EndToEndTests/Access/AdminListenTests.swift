import PostgresTestSupport
import Testing

/// What is for administrators can have an address of its own.
@Suite(.database(.sceneSync), .timeLimit(.minutes(1)))
struct AdminListenTests {
    private func start(_ flags: [String]) async throws -> (Stage, HTTPClient) {
        let stage = try await Stage.start(flags + ["--admin-listen", "127.0.0.1:0"])
        return (stage, HTTPClient(port: try await Self.port(of: stage.daemon)))
    }

    static func port(of daemon: DaemonProcess) async throws -> Int {
        let line = try await daemon.logLine(containing: "administration")
        return try #require(line.split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) })
    }

    @Test(arguments: [Tokens.flags, []])
    func `it has metrics, monitor, explain and health, and the other one has them no more`(
        flags: [String]
    ) async throws {
        let (stage, admin) = try await start(flags)
        let project = try await stage.insertProject()
        let token = Tokens.of(read: ["*"], write: ["*"], isAdmin: true)
        let closed = [
            "/metrics", "/v1/monitor", "/v1/monitor/events",
            "/v1/explain?project=\(project)&scene_index=1&image_index=0",
        ]

        for path in closed + ["/healthz", "/readyz"] {
            #expect(try await EventStream.open(port: admin.port, path).head.status == 200, "\(path)")
        }
        for path in closed {
            for way in Way.allCases {
                let headers = Tokens.header(token).merging(way.headers) { $1 }
                #expect(try await stage.streamStatus(path, headers) == 404, "\(path)")
            }
        }
        for path in ["/v1/projects/\(project)", "/v1/projects/\(project)/events", "/", "/projects/\(project)"] {
            #expect(try await admin.get(path, Tokens.header(token)).status == 404, "\(path)")
        }
        let write = try await admin.request("DELETE", "/v1/projects/\(project)/images", Tokens.header(token))
        #expect(write.status == 404)
        #expect(try await admin.get("/metrics", ["Host": "evil.example"]).status == 421)
    }

    @Test func `it takes no request that could be read in two ways`() async throws {
        let (stage, admin) = try await start([])
        let client = RawClient(connection: try await HTTPConnection.open(port: admin.port))

        try await client.connection.send(
            Array("GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 4\r\n\r\nGET ".utf8)
        )

        #expect(try await client.statuses() == [400])
        withExtendedLifetime(stage) {}
    }

    @Test func `it ends with the daemon`() async throws {
        let (stage, admin) = try await start(["--drain-delay", "0"])
        _ = try await admin.get("/healthz")

        let status = await stage.daemon.stop()

        #expect(status == 0)
        #expect(!stage.daemon.log.contains { $0.contains(" error ") }, "\(stage.daemon.log)")
    }

    @Test(arguments: [["--admin-listen", "0.0.0.0:0"], ["--admin-listen", "[::]:0"]])
    func `for everybody it is only where that is meant`(flags: [String]) async throws {
        let database = try Database.current.connectionString(as: .daemon)

        let refused = try await Command.run(
            ["serve", "--listen", "127.0.0.1:0"] + Tokens.flags + flags, environment: ["DATABASE_URL": database],
            within: .seconds(20))

        #expect(refused.status == 78)
        #expect(refused.errors.contains("--allow-anonymous"))
    }
}
