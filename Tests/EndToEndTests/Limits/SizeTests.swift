import Postgres
import Testing

/// A megabyte of everything.
@Suite(.daemon("--max-body", "100000"), .timeLimit(.minutes(3)))
struct SizeTests {
    private static let megabyte = String(repeating: "a", count: 1 << 20)
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    private func status(of request: String, by way: Way) async throws -> [Int]? {
        let client = try await RawClient.open(stage.daemon, by: way)
        // Who is refused early need not be listened to until the end.
        try? await client.connection.send(Array(request.utf8), within: .seconds(5))
        return try await client.statuses()
    }

    @Test(arguments: Way.allCases)
    func `a URL has its limit`(way: Way) async throws {
        let path = "/x?" + String(repeating: "a", count: 8_189)

        #expect(
            try await status(of: "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", by: way) == [
                404
            ])
        #expect(try await status(of: "GET \(path)a HTTP/1.1\r\nHost: localhost\r\n\r\n", by: way) == [414])
    }

    @Test(arguments: Way.allCases)
    func `a head has its limit, whatever is in it`(way: Way) async throws {
        func head(_ count: Int) -> String {
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nUser-Agent: \(Self.megabyte.prefix(count))\r\n\r\n"
        }
        let frame = head(0).utf8.count
        let many = String(repeating: "Accept: y\r\n", count: 1_000)

        #expect(try await status(of: head(16_384 - frame), by: way) == [200])
        #expect(try await status(of: head(16_385 - frame), by: way) == [431])
        #expect(try await status(of: "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\(many)\r\n", by: way) == [431])
    }

    @Test(
        arguments: [
            "GET /\(megabyte) HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /?\(megabyte) HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /v1/projects/\(megabyte)/events HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: \(megabyte)\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(megabyte)\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: \(megabyte)\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\n\(megabyte): y\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nCookie: \(megabyte)\r\n\r\n",
            "\(megabyte) / HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET / HTTP/\(megabyte)\r\n\r\n", megabyte,
            String(repeating: "\r\n", count: 1 << 19), String(repeating: "\u{0}", count: 1 << 20),
        ], Way.allCases)
    func `a megabyte of a head is refused`(request: String, way: Way) async throws {
        let statuses = try await status(of: request, by: way)

        #expect(statuses.map { $0 == [400] || $0 == [414] || $0 == [431] } == true, "\(String(describing: statuses))")
    }

    @Test(arguments: Way.allCases)
    func `a body has its limit, said beforehand or not`(way: Way) async throws {
        let project = try await stage.insertProject()
        let head =
            "POST /v1/projects/\(project)/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"

        #expect(try await status(of: head + "Content-Length: 100001\r\n\r\n", by: way) == [413])
        #expect(try await status(of: head + "Content-Length: 1048576\r\n\r\n\(Self.megabyte)", by: way) == [413])
        #expect(
            try await status(
                of: head + "Expect: 100-continue\r\nContent-Length: 1048576\r\n\r\n", by: way) == [413])
        let chunk = "4000\r\n\(Self.megabyte.prefix(16_384))\r\n"
        let statuses = try await status(
            of: head + "Transfer-Encoding: chunked\r\n\r\n\(String(repeating: chunk, count: 64))0\r\n\r\n", by: way)
        #expect(statuses == [413])
    }

    @Test func `a megabyte of anything else is refused, too`() async throws {
        let project = try await stage.insertProject()
        let path = "/v1/projects/\(project)"
        func status(_ method: String, _ target: String, _ headers: [String: String], _ body: String? = nil) async throws
            -> Int
        {
            try await stage.client.request(method, target, headers, body: body.map { Array($0.utf8) }).status
        }

        #expect(try await status("GET", path, ["Sync-Token": String(Self.megabyte.prefix(8_000))]) == 400)
        #expect(try await status("GET", "\(path)/events?scene_index=\(Self.megabyte.prefix(8_000))", [:]) == 400)
        let image = #"{"scene_index": 1, "image_url": "x"}"#
        for (length, expected) in [(255, 200), (256, 400), (8_000, 400)] {
            let key = String(Self.megabyte.prefix(length))
            let headers = ["Idempotency-Key": key, "Content-Type": "application/json"]
            #expect(try await status("PUT", "\(path)/images", headers, image) == expected, "\(length)")
        }
        #expect(try await status("GET", "/v1/events?project=\(Self.megabyte.prefix(8_000))", [:]) == 400)
        #expect(
            try await status(
                "POST", "\(path)/images", ["Content-Type": "application/json"], String(repeating: "[", count: 99_000))
                == 400)
        #expect(
            try await status(
                "PUT", "\(path)/images", ["Content-Type": "application/json"],
                String(repeating: "{\"a\":", count: 19_000))
                == 400)
        let id = String(Self.megabyte.prefix(15_000))
        let stream = try await EventStream.open(
            port: stage.daemon.port, "\(path)/events", headers: ["Last-Event-ID": id])
        #expect(try await stream.events(through: "ready").map(\.event) == ["snapshot", "ready"])
        #expect(try await stage.client.get("/readyz").status == 200)
    }

    @Test func `no name of a client's becomes a metric's`() async throws {
        // Of which nobody else asks anything.
        let stage = try await Stage.start(on: self.stage.database)
        func names() async throws -> Set<Substring> {
            Set(
                try await stage.client.get("/metrics").text.split(separator: "\n").map {
                    $0.prefix { $0 != " " }
                })
        }
        let before = try await names()

        for part in ["x\"y", "a%0Ab", "{le=\"1\"}", String(repeating: "z", count: 500)] {
            for method in ["GET", "POST", "TRACE", "FOO"] {
                _ = try? await stage.client.request(method, "/\(part)?\(part)=1", ["X-\(part.count)": part])
            }
        }

        #expect(try await names() == before)
    }
}
