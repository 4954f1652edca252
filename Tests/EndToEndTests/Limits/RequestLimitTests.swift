import Postgres
import PostgresTestSupport
import Testing

/// What waits has a place among those who wait, whatever it waits for.
@Suite(.database(.supabase), .timeLimit(.minutes(2)))
struct RequestLimitTests {
    @Test func `requests that wait have their number, and those beyond are 429`() async throws {
        let stage = try await Stage.start(["--max-requests", "3"])
        let projects = [try await stage.insertProject(), try await stage.insertProject()]
        _ = try await stage.client.get("/v1/projects/\(projects[0])")
        let lock = try await stage.database.open(as: .owner)
        try await lock.query("BEGIN")
        try await lock.query("LOCK TABLE content_creation_requests IN ACCESS EXCLUSIVE MODE")
        var waiting: [HTTPConnection] = []
        for _ in 0..<3 {
            let connection = try await HTTPConnection.open(port: stage.daemon.port)
            try await connection.send(HTTPClient.bytes("GET", "/v1/projects/\(projects[1])", [:], nil))
            waiting.append(connection)
        }
        // With the one that was answered before them.
        try await eventually("three wait") { try await stage.metric("scenesync_cache_misses_total") == 4 }
        let refused = try await stage.client.get("/v1/projects/\(projects[1])")
        // What memory answers waits for nothing.
        let warm = try await stage.client.get("/v1/projects/\(projects[0])")
        try await lock.query("COMMIT")

        #expect(refused.status == 429)
        #expect(refused["Retry-After"] == "1")
        #expect(refused.problem == "too-many-requests")
        #expect(warm.status == 200)
        for connection in waiting {
            #expect(try await connection.readAnswer(to: "GET", until: .now + .seconds(10))?.status == 200)
        }
        #expect(try await stage.client.get("/v1/projects/\(projects[1])").status == 200)
    }

    @Test func `a body that is awaited has its place among them`() async throws {
        let stage = try await Stage.start(["--max-requests", "1"])
        let project = try await stage.insertProject()
        let target = "/v1/projects/\(project)/images"
        let slow = try await HTTPConnection.open(port: stage.daemon.port)
        try await slow.send(
            Array(
                "POST \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
                    .utf8))
        #expect(try await slow.readHead(until: .now + .seconds(10))?.status == 100)

        let refused = try await stage.client.request("DELETE", target)
        try await slow.send(Array("[]".utf8))
        let late = try await slow.readAnswer(to: "POST", until: .now + .seconds(10))

        #expect(refused.status == 429 && refused["Retry-After"] == "1")
        #expect(late?.status == 400)
        try await eventually("its place is free again") {
            try await stage.client.request("DELETE", target).status == 200
        }
    }

    /// Three at one time where there is one place: the statuses of the two that have none, which is before `release` lets
    /// the third one go, and then its own.
    private func three(
        _ ask: @escaping @Sendable (Int) async throws -> Int, release: () async throws -> Void
    ) async throws -> [Int?] {
        try await withThrowingTaskGroup { tasks in
            for number in 0..<3 { tasks.addTask { try await ask(number) } }
            let refused = [try await tasks.next(), try await tasks.next()]
            try await release()
            return refused + [try await tasks.next()]
        }
    }

    @Test(arguments: ["/v1/projects/@/events", "/v1/events?project=@"], [[], ["--authorize", "rls"]])
    func `who asks whether a stream is there has a place among them`(path: String, flags: [String]) async throws {
        let stage = try await Stage.start(Tokens.flags + flags + ["--max-requests", "1"])
        let project = try await stage.insertProject(of: Stage.bob)
        let token = Tokens.sign(
            #"{"sub": "\#(Stage.bob)", "role": "authenticated", "scenesync": {"read": ["\#(project)"]}}"#)
        let lock = try await stage.database.open(as: .owner)
        try await lock.query("BEGIN")
        try await lock.query("LOCK TABLE content_creation_requests IN ACCESS EXCLUSIVE MODE")

        let statuses = try await three { _ in
            try await stage.daemon.client().head(path.replacing("@", with: project), Tokens.header(token)).status
        } release: {
            try await lock.query("COMMIT")
        }

        #expect(statuses == [429, 429, 200])
    }

    @Test func `who waits for the issuer's keys has one, and a stream without one is told to come again`() async throws
    {
        let key = IssuerKey("key")
        let issuer = try await KeyServer(IssuerKey.set(key))
        let stage = try await Stage.start(["--auth", "jwt", "--jwks", issuer.url, "--max-requests", "1"])
        let known = try key.token(#"{"scenesync": {"admin": true}}"#)
        let unheard = try (0..<4).map { try IssuerKey("unheard-\($0)").token("{}") }
        issuer.pause()

        let statuses = try await three {
            try await stage.get("/v1/monitor", as: unheard[$0]).status
        } release: {
            let stream = try await stage.get("/v1/monitor/events", as: unheard[3])
            #expect(stream.status == 200 && stream.text == "retry: 10000\n\n", "\(stream.text)")
            // What can be said at once waits for nobody.
            #expect(try await stage.get("/metrics", as: known).status == 200)
            issuer.resume()
        }

        #expect(statuses == [429, 429, 401])
    }
}
