import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.sceneSync), .timeLimit(.minutes(3)))
struct HTTP2Tests {
    @Test(.timeLimit(.minutes(1)))
    func `a hundred and fifty streams come over one connection, and all hear of a change`() async throws {
        let certificate = try await Certificate.make()
        let stage = try await Stage.start(certificate.flags)
        let project = try await stage.insertProject()
        let client = try await HTTP2Client.open(port: stage.daemon.port, trusting: certificate.certificatePath)

        let streams = try await openStreams(150, project, client)
        try await stage.save("https://example.org/é.png", scene: 2, of: project)

        for stream in streams {
            let text = await stream.read(through: "é.png")
            #expect(await stream.status == 200)
            #expect(await stream.header("content-type") == "text/event-stream")
            #expect(text.hasPrefix("retry: 2000\n\n"), "\(text.prefix(40))")
            #expect(text.contains("event: snapshot\n") && text.contains("event: scene\n"))
            // Nothing of HTTP/1's framing.
            #expect(!text.contains("\r"))
        }
    }

    @Test func `reads, writes and errors are the same as over HTTP 1`() async throws {
        let stage = try await Stage.start(["--h2c"])
        let project = try await stage.insertProject()
        let client = try await HTTP2Client.open(port: stage.daemon.port)
        let image = #"{"scene_index": 1, "image_url": "https://example.org/a.png"}"#

        let saved = try await client.open(
            "/v1/projects/\(project)/images", method: "POST", [("content-type", "application/json")],
            body: Array(image.utf8))
        await saved.read()
        let token = try #require(await saved.header("sync-token"))
        let read = try await client.open("/v1/projects/\(project)", [("sync-token", token)])
        let text = await read.read()
        let unknown = try await client.open("/x")
        let problem = await unknown.read()
        let long = try await client.open("/" + String(repeating: "a", count: 8_192))
        await long.read()
        let many = try await client.open("/healthz", (1...200).map { ("x-\($0)", "y") })
        await many.read()

        #expect(await saved.status == 201)
        #expect(await read.status == 200)
        #expect(text == (try await stage.client.get("/v1/projects/\(project)").text))
        #expect(await unknown.status == 404)
        #expect(problem.contains("/problems/not-found"))
        #expect(await long.status == 414)
        #expect(await many.status == 431)
    }

    @Test func `limits that are set hold for either version`() async throws {
        let stage = try await Stage.start(["--h2c", "--max-header", "2000", "--max-url", "100"])
        let client = try await HTTP2Client.open(port: stage.daemon.port)
        let (long, longer) = (String(repeating: "a", count: 1_500), String(repeating: "a", count: 2_000))
        let url = "/healthz?" + longer.prefix(100)

        for (path, agent, status) in [("/healthz", long, 200), ("/healthz", longer, 431), (url, "a", 414)] {
            let stream = try await client.open(path, [("user-agent", agent)])
            await stream.read()
            #expect(await stream.status == status)
            for way in Way.allCases {
                let answer = try await stage.daemon.client().get(
                    path, way.headers.merging(["User-Agent": agent]) { $1 })
                #expect(answer.status == status, "\(way)")
            }
        }
    }

    @Test func `who says nothing more is let go`() async throws {
        let stage = try await Stage.start(["--h2c", "--idle-timeout", "2"])
        let silent = try await HTTPConnection.open(port: stage.daemon.port)
        let deadline = ContinuousClock.now + .seconds(20)

        // Its preface, and settings without any.
        try await silent.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0])

        // Its end comes before it is given up.
        while try await !silent.read(until: deadline).isEmpty {}
    }

    @Test func `a name that is not ours leads to nothing, whichever field has it`() async throws {
        let stage = try await Stage.start(["--h2c"])
        let project = try await stage.insertProject()
        let client = try await HTTP2Client.open(port: stage.daemon.port)

        for (host, status) in [
            ("evil.example", 421), ("localhost.evil.example:80", 421), ("localhost.", 421), ("LOCALHOST:1", 200),
            ("127.0.0.1:8787", 200), ("[::1]:8787", 200),
        ] {
            for path in ["/healthz", "/v1/projects/\(project)"] {
                let byAuthority = try await client.open(path, authority: host)
                let byHost = try await client.open(path, [("host", host)], authority: nil)
                for stream in [byAuthority, byHost] {
                    let text = await stream.read()
                    #expect(await stream.status == status, "\(host)")
                    #expect(text.contains("/problems/misdirected") == (status == 421))
                }
            }
        }
        let events = try await client.open("/v1/projects/\(project)/events", authority: "evil.example")
        await events.read(through: "\n")
        #expect(await events.status == 421)
    }

    @Test func `over a limit a stream has its answer and its end`() async throws {
        let stage = try await Stage.start(["--h2c", "--max-subscribers-per-address", "2"])
        let project = try await stage.insertProject()
        let client = try await HTTP2Client.open(port: stage.daemon.port)

        let streams = try await openStreams(2, project, client)
        let over = try await client.open("/v1/projects/\(project)/events")

        #expect(await over.read() == "retry: 10000\n\n")
        #expect(await over.status == 200)
        // A stream that its client gives up frees its place.
        await streams[0].close()
        try await eventually("a place is free again") {
            let next = try await client.open("/v1/projects/\(project)/events")
            return await next.read(through: "\n\n").hasPrefix("retry: 2000")
        }
    }

    @Test func `a subject has its streams, over how many connections they may come`() async throws {
        let stage = try await Stage.start(Tokens.flags + ["--h2c", "--max-subscribers-per-subject", "2"])
        let project = try await stage.insertProject()
        let clients = [
            try await HTTP2Client.open(port: stage.daemon.port), try await HTTP2Client.open(port: stage.daemon.port),
        ]
        func open(_ client: HTTP2Client, _ target: String, subject: String = "me") async throws -> HTTP2Stream {
            let claims = #"{"sub": "\#(subject)", "scenesync": {"read": ["*"], "admin": true}}"#
            return try await client.open(target, [("authorization", "Bearer \(Tokens.sign(claims))")])
        }

        for (client, target) in zip(clients, ["/v1/events?project=\(project)", "/v1/monitor/events"]) {
            #expect(try await open(client, target).read(through: "\n\n").hasPrefix("retry: 2000"))
        }
        for (client, target) in zip(clients, ["/v1/projects/\(project)/events", "/v1/monitor/events"]) {
            #expect(try await open(client, target).read() == "retry: 10000\n\n")
            let others = try await open(client, target, subject: "other")
            #expect(await others.read(through: "\n\n").hasPrefix("retry: 2000"))
        }
    }

    @Test func `a body that does not come ends its stream, and not its connection`() async throws {
        let stage = try await Stage.start(["--h2c"])
        let project = try await stage.insertProject()
        let client = try await HTTP2Client.open(port: stage.daemon.port)
        let stream = try await openStreams(1, project, client)[0]

        let slow = try await client.open(
            "/v1/projects/\(project)/images", method: "POST", [("content-type", "application/json")], body: [0x5b],
            isWhole: false)
        // To the stream's end.
        let text = await slow.read()
        try await stage.save("after", scene: 1, of: project)

        #expect(!text.contains("images\":"))
        #expect(await stream.read(through: "after").contains("after"))
        #expect(try await stage.metric("scenesync_requests_too_slow_total") == 1)
    }

    @Test func `who opens and resets streams without end is cut off, and nobody else`() async throws {
        let stage = try await Stage.start(["--h2c"])
        let project = try await stage.insertProject()
        let other = try await HTTP2Client.open(port: stage.daemon.port)
        let client = try await HTTP2Client.open(port: stage.daemon.port)
        var count = 0

        do {
            while count < 2_000 {
                await (try await client.open("/v1/projects/\(project)/events")).close()
                count += 1
            }
        } catch {}

        #expect(200..<2_000 ~= count, "\(count)")
        #expect(try await other.open("/healthz").read().contains("alive"))
        try await eventually("no stream is left") { try await stage.metric("scenesync_subscribers") == 0 }
    }

    @Test func `who reads nothing is caught up with the newest state`() async throws {
        let stage = try await Stage.start(["--h2c"])
        let project = try await stage.insertProject()
        let client = try await HTTP2Client.open(port: stage.daemon.port)
        let stream = try await openStreams(1, project, client)[0]
        // Its window is closed: what was sent is not taken any more.
        try await stream.take(false)

        let long = String(repeating: "x", count: 50_000)
        for number in 1...40 {
            try await stage.write(
                """
                INSERT INTO generated_images (content_creation_request_id, scene_index, image_url)
                VALUES ($1::uuid, 1, $2) ON CONFLICT (content_creation_request_id, scene_index, image_index)
                DO UPDATE SET image_url = excluded.image_url
                """, project, "\(long)\(number)")
            _ = try await stage.client.get("/v1/projects/\(project)", ["Cache-Control": "no-cache"])
        }
        try await stream.take(true)
        let text = await stream.read(through: "\(long)40")

        #expect(text.contains("\(long)40\""))
        #expect(try await stage.metric("scenesync_subscribers") == 1)
    }

    @Test func `a signal to stop ends streams with a time to come back`() async throws {
        let stage = try await Stage.start(["--h2c", "--drain-delay", "0"])
        let project = try await stage.insertProject()
        let client = try await HTTP2Client.open(port: stage.daemon.port)
        let streams = try await openStreams(120, project, client)

        let status = await stage.daemon.stop()

        #expect(status == 0)
        for stream in streams {
            let text = await stream.read()
            #expect(text.matches(of: /retry: \d+\n/).count == 2)
        }
    }

    private func openStreams(_ count: Int, _ project: String, _ client: HTTP2Client) async throws -> [HTTP2Stream] {
        var streams: [HTTP2Stream] = []
        for _ in 0..<count { streams.append(try await client.open("/v1/projects/\(project)/events")) }
        for stream in streams { await stream.read(through: "event: ready") }
        return streams
    }
}
