import Postgres
import Testing

@Suite(.daemon(), .timeLimit(.minutes(1)))
struct ErrorTests {
    private static let unknown = "00000000-0000-4000-8000-000000000000"
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    private func expectProblem(_ answer: HTTPAnswer, _ status: Int) throws {
        #expect(answer.status == status)
        #expect(answer["Content-Type"] == "application/problem+json")
        #expect(answer["Content-Length"] == "\(answer.body.count)")
        let problem = try JSONReader.read(answer.text)
        #expect(problem["status"]?.int == status)
        for key in ["type", "title", "detail"] { #expect(problem[key]?.plainString?.isEmpty == false, "\(key)") }
    }

    @Test(
        arguments: [
            "00000000-0000-4000-8000-00000000000", "00000000-0000-4000-8000-0000000000000",
            "00000000000040008000000000000000",
            "{00000000-0000-4000-8000-000000000000}", "0000000g-0000-4000-8000-000000000000",
            "00000000-0000-4000-80000-00000000000",
            "urn:uuid:00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000000%0A", "1", "*", "%00",
            "%C3%A9",
            "-0000000-0000-4000-8000-000000000000", "+0000000-0000-4000-8000-000000000000",
            "0x000000-0000-4000-8000-000000000000",
        ], ["", "/scenes", "/events"])
    func `an id of another form is 400`(id: String, part: String) async throws {
        try expectProblem(try await stage.client.get("/v1/projects/\(id)\(part)"), 400)
    }

    @Test(arguments: [
        "/v1/projects/U", "/v1/projects/U/scenes", "/v1/projects/U/events", "/v1/projects/U/events?last_event_id=x",
    ])
    func `an unknown project is 404`(path: String) async throws {
        let target = path.replacing("U", with: Self.unknown)

        let answer = try await stage.client.get(target)
        let head = try await stage.client.head(target)

        try expectProblem(answer, 404)
        #expect(answer.text.contains(Self.unknown))
        #expect(head.status == 404)
        #expect(head["Content-Type"] == "application/problem+json")
    }

    @Test func `an unknown project is there once it is inserted`() async throws {
        let id = "00000000-0000-4000-8000-00000000000a"
        #expect(try await stage.client.get("/v1/projects/\(id)").status == 404)

        try await stage.write("INSERT INTO content_creation_requests (id) VALUES ($1::uuid)", id)

        #expect(try await stage.client.get("/v1/projects/\(id)").status == 200)
    }

    @Test(arguments: [
        "/x", "/v1", "/v1/", "/v1/projects", "/v1/projects/", "/v1/projects/U/", "/v1/projects/U/scenes/",
        "/v1/projects/U/events/",
        "/v1/projects/U/x", "/healthz/", "/readyz/", "/metrics/", "/projects/U/", "//", "/V1/projects/U",
    ])
    func `any other path is 404, with a trailing slash too`(path: String) async throws {
        let target = path.replacing("U", with: try await stage.insertProject())

        for method in ["GET", "POST"] { try expectProblem(try await stage.client.request(method, target), 404) }
    }

    @Test(arguments: [
        "/assets/", "/assets/x.js", "/assets/../Package.swift", "/assets/%2e%2e/Package.swift", "/assets/viewer.html/x",
        "/demo/pictures/a.svg",
    ])
    func `files are served by their exact names alone`(path: String) async throws {
        try expectProblem(try await stage.client.get(path), 404)
    }

    @Test(
        arguments: [
            "/v1/projects/U", "/v1/projects/U/scenes", "/v1/projects/U/events", "/healthz", "/readyz", "/metrics", "/",
        ],
        ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
    func `a wrong method is 405 and told which are right`(path: String, method: String) async throws {
        let target = path.replacing("U", with: try await stage.insertProject())

        let answer = try await stage.client.request(method, target, body: method == "POST" ? Array("{}".utf8) : nil)

        try expectProblem(answer, 405)
        let allowed = Set((answer["Allow"] ?? "").split(separator: ",").map { $0.filter { $0 != " " } })
        #expect(allowed.isSuperset(of: ["GET", "HEAD"]))
        #expect(!allowed.contains(method))
    }

    @Test(arguments: ["x", "", "1.0", "2147483648", "-2147483649", "1,2", "%31%20"])
    func `a filter that names no scene is 400`(scene: String) async throws {
        let project = try await stage.insertProject()

        let answer = try await stage.client.get("/v1/projects/\(project)/events?scene_index=1&scene_index=\(scene)")

        try expectProblem(answer, 400)
    }

    @Test func `nonsense ends its own connection and nothing else`() async throws {
        for nonsense in [
            "\r\n\r\n\r\n\r\nx\r\n\r\n", "GET\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}", "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        ] {
            let connection = try await HTTPConnection.open(port: stage.daemon.port)
            try await connection.send(Array(nonsense.utf8))
            await connection.finishSending()
            while try await !connection.read(until: .now + .seconds(10)).isEmpty {}
        }

        #expect(try await stage.client.get("/healthz").status == 200)
        #expect(stage.daemon.exitStatus == nil)
    }
}
