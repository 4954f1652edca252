import Postgres
import Testing

/// Requests that a proxy before the daemon could see otherwise than the daemon does.
@Suite(.daemon(), .timeLimit(.minutes(3)))
struct SmugglingTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    /// Each with a request hidden in it, or behind it, that must not be answered.
    private static let shapes = [
        "POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 100\r\n\r\n0\r\n\r\n",
        "POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n",
        "POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0, 40\r\n\r\n",
        "POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: +0\r\n\r\n",
        "POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding:\u{b}chunked\r\n\r\n0\r\n\r\n",
        "POST /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /healthz HTTP/1.1\r\nHost: localhost\nContent-Length: 0\r\n\r\n",
        "POST /healthz HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n",
        "POST /healthz HTTP/1.1\r\nHost: localhost\rContent-Length: 0\r\n\r\n",
        "POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent\u{0}-Length: 0\r\n\r\n",
        "POST /healthz HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: y\r\n\r\n", "GET /healthz HTTP/1.1\r\n\r\n",
        "GET /healthz\tHTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /healthz  HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /healthz x HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /healthz#x HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "CONNECT x:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", "\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ]

    @Test(arguments: shapes, Way.allCases)
    func `each is 400, nothing behind it is answered, and the connection ends`(shape: String, way: Way) async throws {
        let client = try await RawClient.open(stage.daemon, by: way)

        try await client.connection.send(Array((shape + "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").utf8))
        let statuses = try await client.statuses()

        #expect(statuses == [400], "\(shape.debugDescription)")
    }

    private static let chunks = [
        "5;x=y\r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhelloo\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "ffffffffffffffff5\r\nhello\r\n0\r\n\r\n",
        "0\r\nX: trailer\r\n\r\n", "5\r\rhello\r\n0\r\n\r\n",
    ]

    @Test(arguments: chunks, Way.allCases)
    func `a body whose end is not certain is refused, with all that follows`(chunks: String, way: Way) async throws {
        let project = try await stage.insertProject()
        let client = try await RawClient.open(stage.daemon, by: way)
        let head =
            "POST /v1/projects/\(project)/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

        try await client.connection.send(
            Array((head + chunks + "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").utf8))
        let statuses = try await client.statuses()

        #expect(statuses == [400], "\(chunks.debugDescription)")
    }

    @Test(arguments: Way.allCases)
    func `what came before is answered first`(way: Way) async throws {
        let project = try await stage.insertProject()
        let client = try await RawClient.open(stage.daemon, by: way)
        let good = "GET /v1/projects/\(project) HTTP/1.1\r\nHost: localhost\r\n\r\n"

        try await client.connection.send(Array((good + good + "GET / HTTP/1.1\nHost: localhost\n\n" + good).utf8))

        #expect(try await client.statuses() == [200, 200, 400])
    }

    @Test(arguments: Way.allCases)
    func `an offer to speak something else is passed over`(way: Way) async throws {
        let client = try await RawClient.open(stage.daemon, by: way)
        let offer =
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n"

        try await client.connection.send(
            Array((offer + "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").utf8))

        #expect(try await client.statuses() == [200, 404])
    }

    @Test(arguments: Way.allCases)
    func `HTTP 2 without TLS is not spoken unless it was asked for`(way: Way) async throws {
        let client = try await RawClient.open(stage.daemon, by: way)

        try await client.connection.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8))

        #expect(try await client.statuses() == [505])
    }

    @Test func `refusals are problems that say what to do, and are counted`() async throws {
        let before = try await stage.metric("scenesync_requests_refused_total")
        let client = try await RawClient.open(stage.daemon, by: .reactor)

        try await client.connection.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        let answer = try #require(try await client.connection.readAnswer(to: "GET", until: .now + .seconds(5)))

        #expect(answer["Content-Type"] == "application/problem+json")
        #expect(answer["Connection"] == "close")
        #expect(try JSONReader.read(answer.text)["detail"]?.plainString == "A request has one Host.")
        #expect(try await stage.metric("scenesync_requests_refused_total") > before)
    }
}
