import Postgres
import PostgresTestSupport
import Testing

/// A page of an allowed origin may read why it is refused. Its browser would keep from it what does not say so.
@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct RefusedPageTests {
    private static let app = "https://app.example"
    private static let page = ["Origin": app]
    private static let image = #"{"scene_index": 1, "image_url": "x"}"#

    private func start(_ flags: [String] = []) async throws -> Stage {
        try await Stage.start(["--cors-origin", Self.app] + flags)
    }

    private func expectReadable(_ answer: HTTPAnswer?, _ status: Int) {
        #expect(answer?.status == status)
        #expect(answer?["Access-Control-Allow-Origin"] == Self.app, "\(status)")
    }

    @Test(arguments: Way.allCases)
    func `that there are too many streams`(way: Way) async throws {
        let stage = try await start(["--max-subscribers-per-address", "1"])
        let target = "/v1/projects/\(try await stage.insertProject())/events"
        let headers = way.headers.merging(Self.page) { $1 }
        let first = try await EventStream.open(port: stage.daemon.port, target, headers: headers)

        let over = try await stage.daemon.client().get(target, headers)

        expectReadable(over, 200)
        #expect(over.text == "retry: 10000\n\n")
        withExtendedLifetime(first) {}
    }

    @Test func `that there are too many requests`() async throws {
        let stage = try await start(["--max-requests", "1"])
        let target = "/v1/projects/\(try await stage.insertProject())"
        let waiting = try await HTTPConnection.open(port: stage.daemon.port)
        let head = ["Content-Type": "application/json", "Expect": "100-continue", "Content-Length": "2"]
        try await waiting.send(HTTPClient.bytes("POST", "\(target)/images", head, nil))
        #expect(try await waiting.readHead(until: .now + .seconds(10))?.status == 100)

        expectReadable(try await stage.client.get(target, Self.page), 429)
        expectReadable(try await stage.client.request("DELETE", "\(target)/images", Self.page), 429)
    }

    @Test func `that it cannot be saved`() async throws {
        let stage = try await start()
        let project = try await stage.insertProject()
        let saved = try await stage.images("POST", project, Self.image, key: "k", headers: Self.page)
        let text = Self.page.merging(["Content-Type": "text/plain"]) { $1 }

        expectReadable(saved, 201)
        expectReadable(try await stage.images("POST", project, Self.image, headers: Self.page), 409)
        expectReadable(try await stage.images("POST", project, Self.image, headers: text), 415)
        expectReadable(try await stage.images("PUT", project, Self.image, key: "k", headers: Self.page), 422)
    }

    @Test func `that it is not known yet who may`() async throws {
        let stage = try await start(["--auth", "jwt", "--jwks", "http://127.0.0.1:9/nobody"])
        let token = Tokens.header(try IssuerKey("key").token("{}"))
        let target = "/v1/projects/\(try await stage.insertProject())"

        expectReadable(try await stage.client.get(target, Self.page.merging(token) { $1 }), 503)
    }

    @Test(arguments: Way.allCases)
    func `that its head took too long`(way: Way) async throws {
        let stage = try await start(["--header-timeout", "1"])
        let client = try await RawClient.open(stage.daemon, by: way)

        try await client.connection.send(
            Array("GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: \(Self.app)\r\nAccept-".utf8))

        expectReadable(try await client.connection.readAnswer(to: "GET", until: .now + .seconds(9)), 408)
    }

    @Test func `that its body took too long`() async throws {
        let stage = try await start()
        let target = "/v1/projects/\(try await stage.insertProject())/images"
        let client = try await HTTPConnection.open(port: stage.daemon.port)
        let head = Self.page.merging(["Content-Type": "application/json", "Content-Length": "100"]) { $1 }

        try await client.send(HTTPClient.bytes("POST", target, head, nil) + [UInt8(ascii: "[")])

        expectReadable(try await client.readAnswer(to: "POST", until: .now + .seconds(30)), 408)
    }
}
