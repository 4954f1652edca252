import PostgresTestSupport
import Testing

/// What pages of other sites can do in a visitor's browser: nothing.
@Suite(
    .daemon(
        "--auth", "jwt", "--jwt-secret", Tokens.secret, "--auth-cookie", "session", "--cors-origin",
        "https://app.example", "--allowed-host", "sync.example"), .timeLimit(.minutes(2)))
struct BrowserTests {
    private static let app = "https://app.example"
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    @Test(
        arguments: [
            "evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", "localhost.", "0",
        ],
        Way.allCases)
    func `a name that is not ours leads to nothing`(host: String, way: Way) async throws {
        let project = try await stage.insertProject()
        let token = Tokens.of(read: [project])
        let headers = ["Host": host, "Authorization": "Bearer \(token)"].merging(way.headers) { given, _ in given }

        for path in ["/v1/projects/\(project)", "/v1/projects/\(project)/events", "/", "/healthz", "/nowhere"] {
            #expect(try await stage.daemon.client().get(path, headers).status == 421, "\(path)")
        }
        let write = try await stage.client.request("DELETE", "/v1/projects/\(project)/images", headers)
        #expect(write.status == 421 && write.problem == "misdirected")
    }

    @Test(
        arguments: ["localhost", "LOCALHOST:1", "127.0.0.1:8787", "[::1]:8787", "Sync.example", "sync.example:443"],
        Way.allCases)
    func `a name of ours leads here`(host: String, way: Way) async throws {
        let headers = way.headers.merging(["Host": host]) { $1 }

        #expect(try await stage.daemon.client().get("/healthz", headers).status == 200)
    }

    @Test(
        arguments: [
            ("http://localhost/healthz", "localhost", 200), ("https://localhost:8787/healthz?x", "localhost:8787", 200),
            ("http://localhost", "localhost", 200), ("http://localhost?x=/nowhere", "localhost", 200),
            ("http://localhost/nowhere", "localhost", 404), ("http://evil.example/healthz", "evil.example", 421),
            ("http://evil.example/healthz", "localhost", 400), ("http://localhost/healthz", "evil.example", 400),
            ("http://localhost@evil.example/healthz", "localhost", 400), ("http:///healthz", "localhost", 400),
        ])
    func `a URL is asked for by its path, and names the host that Host names`(
        target: String, host: String, status: Int
    ) async throws {
        #expect(try await stage.client.get(target, ["Host": host]).status == status)
    }

    @Test(arguments: Way.allCases)
    func `every answer tells an allowed origin that it may be read`(way: Way) async throws {
        let project = try await stage.insertProject()
        let token = Tokens.of(read: [project])
        let target = "/v1/projects/\(project)"
        let etag = try #require(try await stage.get(target, as: token).etag)
        let with = { (headers: [String: String]) in
            headers.merging(["Origin": Self.app]) { $1 }.merging(way.headers) { $1 }
        }

        var answers = [
            try await stage.get(target, as: token, with([:])),
            try await stage.get(target, as: token, with(["If-None-Match": etag])),
            try await stage.daemon.client().get(target, with([:])), try await stage.client.get("/nowhere", with([:])),
            try await stage.daemon.client().get("/v1/projects/x", with([:])),
            try await stage.client.get("/healthz", with([:])),
            try await stage.daemon.client().get("\(target)/images", with([:])),
            try await stage.daemon.client().get("/metrics", with(Tokens.header(token))),
            try await stage.daemon.client().get("/healthz", with(["Host": "evil.example"])),
            try await stage.daemon.client().get(
                "/v1/projects/99999999-0000-4000-8000-000000000000", with(Tokens.header(token))),
            try await stage.daemon.client().head(target, with(Tokens.header(token))),
            try await stage.images("POST", project, "[]", headers: with(Tokens.header(Tokens.of(write: ["*"])))),
            try await stage.images("POST", project, "[]", headers: with(Tokens.header(token))),
            try await stage.daemon.client().get("/?\(String(repeating: "a", count: 9_000))", with([:])),
            try await stage.daemon.client().get(
                "/", with(.init(uniqueKeysWithValues: (0..<200).map { ("X-\($0)", "y") }))),
            try await stage.daemon.client().request("POST", "\(target)/images", with(["Content-Length": "99999999"])),
            try await stage.daemon.client().request("FOO", "/", with([:])),
        ]
        let stream = try await EventStream.open(
            port: stage.daemon.port, "\(target)/events?access_token=\(token)", headers: with([:]))
        answers.append(HTTPAnswer(head: stream.head, body: []))
        let refused = await #expect(throws: RefusedStream.self) {
            try await EventStream.open(port: stage.daemon.port, "\(target)/events", headers: with([:]))
        }
        answers.append(HTTPAnswer(head: try #require(refused).head, body: []))

        #expect(Set(answers.map(\.status)) == [200, 304, 401, 404, 400, 405, 403, 421, 414, 431, 413, 501])
        for answer in answers {
            #expect(answer["Access-Control-Allow-Origin"] == Self.app, "\(answer.status)")
            #expect(answer["Access-Control-Allow-Credentials"] == "true")
            #expect(answer["Access-Control-Expose-Headers"] == "ETag, Age, Cache-Status, Sync-Token, Retry-After")
            #expect(answer["Vary"]?.contains("Origin") == true)
        }
    }

    @Test(
        arguments: [
            "https://evil-app.example", "https://evil-allowed.com", "https://app.example.evil.example", "null",
            "https://app.example:8443", "http://app.example", "https://sub.app.example", "*", "https://APP.example",
        ], Way.allCases)
    func `any other origin is told nothing`(origin: String, way: Way) async throws {
        let project = try await stage.insertProject()
        let token = Tokens.of(read: [project])
        let headers = way.headers.merging(["Origin": origin]) { $1 }
        let target = "/v1/projects/\(project)"

        let read = try await stage.get(target, as: token, headers)
        let stream = try await EventStream.open(
            port: stage.daemon.port, "\(target)/events?access_token=\(token)", headers: headers)
        let preflight = try await stage.client.request(
            "OPTIONS", target, headers.merging(["Access-Control-Request-Method": "GET"]) { $1 })
        let byCookie = try await stage.daemon.client().get(
            target, headers.merging(["Cookie": "session=\(token)"]) { $1 })

        #expect(read.status == 200 && preflight.status == 403 && byCookie.status == 401)
        for head in [read.head, stream.head, preflight.head, byCookie.head] {
            #expect(!head.fields.contains { $0.name.lowercased().hasPrefix("access-control-") })
            #expect(head["Vary"]?.contains("Origin") == true)
        }
    }

    @Test func `a browser that asks first is told what it may send`() async throws {
        let project = try await stage.insertProject()
        let ask = [
            "Origin": Self.app, "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "authorization",
        ]

        let images = try await stage.client.request("OPTIONS", "/v1/projects/\(project)/images", ask)
        let read = try await stage.client.request("OPTIONS", "/v1/projects/\(project)", ask)
        let nowhere = try await stage.client.request("OPTIONS", "/nowhere", ask)
        let plain = try await stage.client.request("OPTIONS", "/v1/projects/\(project)", ["Origin": Self.app])

        #expect(images.status == 204 && images["Access-Control-Allow-Methods"] == "POST, PUT, DELETE")
        #expect(read.status == 204 && read["Access-Control-Allow-Methods"] == "GET, HEAD")
        for name in [
            "Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "Sync-Token", "If-None-Match",
        ] {
            #expect(images["Access-Control-Allow-Headers"]?.contains(name) == true, "\(name)")
        }
        #expect(images["Access-Control-Max-Age"] != nil && images["Content-Length"] == nil)
        #expect(nowhere.status == 404 && plain.status == 405)
        for answer in [images, read, nowhere, plain] { #expect(answer["Access-Control-Allow-Origin"] == Self.app) }
    }

    @Test(arguments: Way.allCases)
    func `a cookie counts for our own pages and for those allowed`(way: Way) async throws {
        let project = try await stage.insertProject()
        let cookie = ["Cookie": "session=\(Tokens.of(write: [project]))"]
        let target = "/v1/projects/\(project)"
        let own = "http://127.0.0.1"
        let reads: [([String: String], Int)] = [
            ([:], 200), (["Origin": own], 200), (["Origin": Self.app, "Sec-Fetch-Site": "cross-site"], 200),
            (["Sec-Fetch-Site": "same-origin"], 200), (["Sec-Fetch-Site": "none"], 200),
            (["Sec-Fetch-Site": "cross-site"], 401), (["Sec-Fetch-Site": "same-site"], 401),
            (["Origin": "http://127.0.0.1:3000"], 401), (["Origin": "null"], 401),
            (["Origin": own, "Sec-Fetch-Site": "cross-site"], 401),
        ]

        for (headers, status) in reads {
            let all = cookie.merging(headers) { $1 }.merging(way.headers) { $1 }
            #expect(try await stage.daemon.client().get(target, all).status == status, "\(headers)")
            #expect(try await stage.streamStatus("\(target)/events", all) == status, "\(headers)")
        }
        for (headers, status) in [
            ([:], 401), (["Origin": own], 200), (["Origin": Self.app], 200), (["Origin": "null"], 401),
        ]
            as [([String: String], Int)]
        {
            let answer = try await stage.images(
                "PUT", project, #"{"scene_index": 1, "image_url": "x"}"#, headers: cookie.merging(headers) { $1 })
            #expect(answer.status == status, "\(headers)")
        }
    }

    @Test(arguments: ["/", "/projects/99999999-0000-4000-8000-000000000000"])
    func `a page runs nothing but its own scripts, in no frame`(path: String) async throws {
        let page = try await stage.daemon.client().get(path)

        let policy = try #require(page["Content-Security-Policy"])
        let rules = [
            "default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
            "form-action 'none'",
        ]
        for rule in rules { #expect(policy.contains(rule)) }
        #expect(!policy.contains("unsafe"))
        #expect(page["X-Content-Type-Options"] == "nosniff" && page["X-Frame-Options"] == "DENY")
        #expect(page["Referrer-Policy"] == "no-referrer" && page["Cross-Origin-Opener-Policy"] == "same-origin")
        #expect(!page.text.contains("<script>") && !page.text.contains(" onclick") && !page.text.contains("style=\""))
    }

    @Test func `a page takes its token from its address or a cookie`() async throws {
        let project = try await stage.insertProject()

        let run = try await Program.sh(
            """
            .venv/bin/python Tests/Browser/token_test.py --base http://127.0.0.1:\(stage.daemon.port) \
            --project \(project) --token \(Tokens.of(read: [project])) \
            --expired \(Tokens.of(read: [project], seconds: -1))
            """, within: .seconds(100))

        #expect(run.status == 0, "\(run.text)")
    }
}
