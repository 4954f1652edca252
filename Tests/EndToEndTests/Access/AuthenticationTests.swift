import Postgres
import PostgresTestSupport
import Testing

/// Who has no token, or a bad one, learns nothing; who has one is known by it, wherever it stands.
@Suite(
    .daemon(
        "--auth", "jwt", "--jwt-secret", Tokens.secret, "--auth-cookie", "session", "--cors-origin",
        "https://app.example"), .timeLimit(.minutes(2)))
struct AuthenticationTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    private static let closed = [
        "/v1/projects/@", "/v1/projects/@/scenes", "/v1/projects/@/generations", "/v1/projects/@/events", "/metrics",
        "/v1/monitor", "/v1/monitor/events", explain,
    ]
    private static let explain = "/v1/explain?project=@&scene_index=1&image_index=0"

    @Test(arguments: closed, Way.allCases)
    func `without a token there is nothing`(path: String, way: Way) async throws {
        let project = try await stage.insertProject()
        let target = path.replacing("@", with: project)
        _ = try await stage.get("/v1/projects/\(project)", as: Tokens.of(read: ["*"]))

        for headers in [[:], ["Authorization": "Bearer x"], ["Authorization": "Basic eDp5"], ["Cookie": "session=x"]] {
            let answer = try await stage.daemon.client().get(target, headers.merging(way.headers) { given, _ in given })

            #expect(answer.status == 401)
            #expect(answer["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
            #expect(answer.problem == "unauthenticated")
            #expect(!answer.text.contains(project))
            #expect(answer["ETag"] == nil)
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE"])
    func `without a token nothing is written`(method: String) async throws {
        let project = try await stage.insertProject()
        try await stage.save("a", scene: 1, of: project)

        let answer = try await stage.images(
            method, project, method == "DELETE" ? nil : #"{"scene_index": 1, "image_url": "b"}"#)

        #expect(answer.status == 401)
        let rows = try await stage.write(
            "SELECT image_url FROM generated_images WHERE content_creation_request_id = $1::uuid", project)
        #expect(rows.count == 1 && rows.string(0, 0) == "a")
    }

    @Test func `who may not write is told before the body is sent`() async throws {
        let project = try await stage.insertProject()
        let connection = try await HTTPConnection.open(port: stage.daemon.port)
        let head =
            "POST /v1/projects/\(project)/images HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\n"
            + "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"

        try await connection.send(Array(head.utf8))

        #expect(try await connection.readAnswer(to: "POST", until: .now + .seconds(5))?.status == 401)
    }

    @Test(arguments: ["/healthz", "/readyz", "/", "/projects/@", "/assets/page.css"])
    func `health and the pages' shells are open`(path: String) async throws {
        let project = try await stage.insertProject()

        #expect(try await stage.daemon.client().get(path.replacing("@", with: project)).status == 200)
    }

    @Test(arguments: Way.allCases)
    func `a token counts in the header, in the cookie, and in a stream's query`(way: Way) async throws {
        let project = try await stage.insertProject()
        let target = "/v1/projects/\(project)"
        let token = Tokens.of(read: [project])

        for _ in 0..<2 {
            let byHeader = try await stage.get(target, as: token, way.headers)
            let byCookie = try await stage.daemon.client().get(
                target, way.headers.merging(["Cookie": "a=b; session=\(token)"]) { given, _ in given })
            #expect(byHeader.status == 200 && byCookie.status == 200)
        }
        #expect(try await stage.daemon.client().get("\(target)?access_token=\(token)", way.headers).status == 401)
        #expect(try await stage.streamStatus("\(target)/events?access_token=\(token)", way.headers) == 200)
        #expect(
            try await stage.streamStatus(
                "\(target)/events", way.headers.merging(["Cookie": "session=\(token)"]) { given, _ in given }) == 200)
        #expect(try await stage.streamStatus("\(target)/events?access_token=x", way.headers) == 401)
    }

    @Test func `a bad token in the header is not made up for by a good one elsewhere`() async throws {
        let project = try await stage.insertProject()
        let token = Tokens.of(read: [project])
        let headers = ["Authorization": "Bearer x", "Cookie": "session=\(token)"]

        #expect(try await stage.daemon.client().get("/v1/projects/\(project)", headers).status == 401)
        #expect(
            try await stage.streamStatus("/v1/projects/\(project)/events?access_token=\(token)", headers) == 401)
    }

    @Test func `claims say who reads, who writes, and who administers`() async throws {
        let (mine, other) = (try await stage.insertProject(), try await stage.insertProject())
        let (reader, writer) = (Tokens.of(read: [mine]), Tokens.of(write: [mine.uppercased()]))
        let image = #"{"scene_index": 1, "image_url": "x"}"#

        #expect(try await stage.get("/v1/projects/\(mine)", as: reader).status == 200)
        #expect(try await stage.get("/v1/projects/\(mine)", as: writer).status == 200)
        #expect(try await stage.images("PUT", mine, image, headers: Tokens.header(writer)).status == 200)
        #expect(try await stage.images("PUT", mine, image, headers: Tokens.header(reader)).status == 403)
        #expect(try await stage.images("PUT", other, image, headers: Tokens.header(writer)).status == 404)
        #expect(try await stage.get("/v1/projects/\(other)/events", as: writer).status == 404)
        for path in ["/metrics", "/v1/monitor", "/v1/monitor/events", Self.explain.replacing("@", with: mine)] {
            for token in [reader, Tokens.of(read: ["*"], write: ["*"])] {
                #expect(try await stage.streamStatus(path, Tokens.header(token)) == 403, "\(path)")
            }
            #expect(try await stage.streamStatus(path, Tokens.header(Tokens.of(isAdmin: true))) == 200, "\(path)")
        }
        let server = Tokens.sign(#"{"role": "service_role"}"#)
        #expect(try await stage.images("PUT", other, image, headers: Tokens.header(server)).status == 200)
        #expect(try await stage.get("/metrics", as: server).status == 200)
    }
}
