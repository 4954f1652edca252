import Postgres
import PostgresTestSupport
import Testing

/// Clients that take their time, to have a server wait for them instead of serving others.
@Suite(
    .daemon("--header-timeout", "1", "--idle-timeout", "2"), .serialized, .timeLimit(.minutes(3)))
struct SlowlorisTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    private static let beginnings = [
        "G", "GET /v1/projects/", "GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\n",
        "GET / HTTP/1.1\r",
    ]

    @Test(arguments: beginnings, Way.allCases)
    func `a head that does not end is 408, and the connection with it`(beginning: String, way: Way) async throws {
        let client = try await RawClient.open(stage.daemon, by: way)

        try await client.connection.send(Array(beginning.utf8))

        #expect(try await client.statuses() == [408])
    }

    /// Each has its own time, however often one ends and the next begins in the same read.
    @Test(arguments: Way.allCases)
    func `heads that each come in time are answered, in whatever pieces`(way: Way) async throws {
        let client = try await RawClient.open(stage.daemon, by: way)
        let (begin, end) = ("GET /healthz HTTP/1.1\r\n", "Host: localhost\r\n\r\n")

        try await client.connection.send(Array(begin.utf8))
        for _ in 0..<10 {
            try await Task.sleep(for: .milliseconds(400))
            try await client.connection.send(Array((end + begin).utf8))
        }
        try await client.connection.send(Array("Connection: close\r\n\(end)".utf8))

        #expect(try await client.statuses() == Array(repeating: 200, count: 11))
    }

    @Test(arguments: Way.allCases)
    func `a head that comes byte by byte for ever is 408`(way: Way) async throws {
        let client = try await RawClient.open(stage.daemon, by: way)
        let statuses = Task { try await client.statuses() }

        try await client.connection.send(Array("GET / HTTP/1.1\r\nHost: localhost\r\n".utf8))
        // Each byte comes sooner than anything idle would be noticed.
        for byte in "X-A: \(String(repeating: "b", count: 100))".utf8 {
            guard (try? await client.connection.send([byte])) != nil else { break }
            try await Task.sleep(for: .milliseconds(100))
        }

        #expect(try await statuses.value == [408])
    }

    @Test(arguments: Way.allCases)
    func `who says nothing is let go`(way: Way) async throws {
        let client = try await RawClient.open(stage.daemon, by: way)

        #expect(try await client.statuses() == [])
    }

    @Test(arguments: Way.allCases)
    func `a body that does not come ends its connection`(way: Way) async throws {
        let project = try await stage.insertProject()
        let client = try await RawClient.open(stage.daemon, by: way)

        try await client.connection.send(
            Array(
                "POST /v1/projects/\(project)/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n["
                    .utf8))

        // There may be an answer or none: the request has not been made.
        #expect(try await client.statuses(within: .seconds(30)) != nil)
    }

    @Test func `a body that comes byte by byte for ever ends its connection`() async throws {
        let project = try await stage.insertProject()
        let client = try await RawClient.open(stage.daemon, by: .channel)
        let statuses = Task { try await client.statuses(within: .seconds(30)) }

        try await client.connection.send(
            Array(
                "POST /v1/projects/\(project)/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
                    .utf8))
        for _ in 0..<60 {
            guard (try? await client.connection.send([UInt8(ascii: " ")])) != nil else { break }
            try await Task.sleep(for: .milliseconds(500))
        }

        #expect(try await statuses.value != nil)
    }

    @Test func `beside five hundred of them a healthy client has its answers as soon`() async throws {
        let target = "/v1/projects/\(try await stage.insertProject())"
        let healthy = HealthyClient(target, of: stage.daemon.port)
        let alone = try await healthy.p99()
        // Built for debugging, the daemon takes six times as long to say that somebody is slow.
        let most = alone * (CrowdSettings.isFull ? 2 : 4)
        var beside: [Duration] = []
        repeat {
            let crowd = SlowCrowd(500, saying: Self.beginnings, to: stage.daemon.port)
            defer { crowd.leave() }
            let letGo = try await stage.metric("scenesync_requests_too_slow_total")
            try await eventually("they are let go, too") {
                try await stage.metric("scenesync_requests_too_slow_total") > letGo + 500
            }
            beside.append(try await healthy.p99())
            // Whatever else the machine does can only spoil a round.
        } while beside.allSatisfy { $0 > most } && beside.count < 5

        print("p99: \(alone) alone, beside five hundred that are slow: \(beside)")
        #expect(beside.contains { $0 <= most }, "\(alone) alone, \(beside) beside them")
    }
}
