import Postgres
import PostgresTestSupport
import Testing

/// What the reactor answers itself is what HTTP's ordinary way would have answered, byte for byte.
@Suite(.daemon(), .timeLimit(.minutes(5)))
struct FrontTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    @Test(arguments: ["", "Connection: keep-alive\r\n"])
    func `a request of HTTP/1.0 is the last on its connection`(fields: String) async throws {
        let client = try await RawClient.open(stage.daemon, by: .reactor)

        try await client.connection.send(Array("GET /healthz HTTP/1.0\r\n\(fields)\r\n".utf8))

        #expect(try await client.statuses() == [200])
    }

    /// What stands behind it may be another request, which waits for the stream's end: nothing of it is lost, or taken
    /// for anything else.
    @Test func `a stream that is asked for with more behind it is a stream`() async throws {
        let project = try await stage.insertProject()
        let target = "/v1/projects/\(project)"
        let connection = try await HTTPConnection.open(port: stage.daemon.port)
        let deadline = ContinuousClock.now + .seconds(10)

        try await connection.send(
            HTTPClient.bytes("GET", "\(target)/events", [:], nil) + HTTPClient.bytes("GET", target, [:], nil))
        let opening = try await connection.read(through: "event: ready", until: deadline)
        try await stage.write("DELETE FROM content_creation_requests WHERE id = $1::uuid", project)
        let ending = try await connection.read(through: "0\r\n\r\n", until: deadline)
        let next = try await connection.readHead(until: deadline)

        #expect(opening.map { String(decoding: $0, as: UTF8.self).contains("event: snapshot") } == true)
        #expect(ending.map { String(decoding: $0, as: UTF8.self).contains("event: deleted") } == true)
        #expect(next?.status == 404)
    }

    /// While it is looked for whether there is such a stream nothing is read: its answer is the last one.
    @Test func `what comes while a stream is decided on has an end for its answer`() async throws {
        let lock = try await stage.database.open(as: .owner)
        try await lock.query("BEGIN")
        try await lock.query("LOCK TABLE content_creation_requests IN ACCESS EXCLUSIVE MODE")
        let connection = try await HTTPConnection.open(port: stage.daemon.port)
        let target = "/v1/projects/00000000-0000-4000-8000-00000000abcd/events"
        try await connection.send(HTTPClient.bytes("GET", target, [:], nil))
        try await eventually("the load waits") {
            try await !stage.sessions(where: "wait_event_type = 'Lock'").isEmpty
        }

        try await connection.send(HTTPClient.bytes("GET", "/healthz", [:], nil))
        // Who serves this has served that.
        #expect(try await stage.client.get("/healthz").status == 200)
        try await lock.query("ROLLBACK")

        let deadline = ContinuousClock.now + .seconds(10)
        #expect(try await connection.readHead(until: deadline)?.status == 404)
        while try await !connection.read(until: deadline).isEmpty {}
    }

    /// Half of them where pages of other sites may read, which more of an answer depends on.
    @Test func `ten thousand requests get the same bytes by both ways`() async throws {
        let project = try await stage.insertProject()
        try await stage.save("https://example.org/é.png", scene: 1, of: project)
        let write = try await stage.images("PUT", project, "{\"scene_index\": 2, \"image_url\": \"u\"}")
        let token = try #require(write["Sync-Token"])
        let readable = try await Stage.start(["--cors-origin", RandomRequests.origin], on: stage.database)

        var (kinds, atOnce) = ([Int: Int](), 0)
        for stage in [stage, readable] {
            let etag = try await etag(of: project, after: token, on: stage)
            let before = try await stage.metric("scenesync_answers_at_once_total")
            let requests = RandomRequests(project: project, etag: etag, token: token)
            kinds.merge(try await compare(requests, connections: 50, on: stage)) { $0 + $1 }
            atOnce += try await stage.metric("scenesync_answers_at_once_total") - before
        }

        // With one of a hundred requests at most a connection goes over to the other way, so that 63 of its hundred are
        // the front's; one of nine is for a stream, which is not counted. So 5,580 are expected, give or take 320.
        #expect(atOnce > 3_500, "\(atOnce) were answered at once")
        #expect(
            kinds[200, default: 0] > 1_000 && [304, 400, 404].allSatisfy { kinds[$0, default: 0] > 100 }, "\(kinds)")
    }

    /// Several times, since the second in which an answer was given is part of it.
    @Test func `a read in the same words gets what has changed meanwhile`() async throws {
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let connection = try await HTTPConnection.open(port: stage.daemon.port)

        for number in 0..<20 {
            try await stage.save("u\(number)", scene: 1, place: number, of: project)
            try await viewer.next()
            try await connection.send(HTTPClient.bytes("GET", "/v1/projects/\(project)", [:], nil))
            let answer = try await connection.readAnswer(to: "GET", until: .now + .seconds(10))
            #expect(answer?.generatedOutput(of: project) == viewer.mirror.generatedOutput)
        }
    }

    @Test func `pipelined requests are answered in their order, whoever answers them`() async throws {
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")
        let targets = ["/v1/projects/\(project)", "/healthz", "/v1/projects/\(project)/scenes", "/readyz", "/x"]

        let answers = try await stage.client.pipeline((0..<50).map { ("GET", targets[$0 % targets.count]) })

        #expect(answers.map(\.status) == (0..<50).map { $0 % 5 == 4 ? 404 : 200 })
    }

    @Test func `a request that comes byte by byte is answered`() async throws {
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")
        let connection = try await HTTPConnection.open(port: stage.daemon.port)

        for byte in HTTPClient.bytes("GET", "/v1/projects/\(project)", [:], nil) { try await connection.send([byte]) }

        #expect(try await connection.readAnswer(to: "GET", until: .now + .seconds(10))?.status == 200)
    }

    /// One that HTTP's ordinary way serves from now on.
    private func adoptedConnection(to stage: Stage) async throws -> HTTPConnection {
        let connection = try await HTTPConnection.open(port: stage.daemon.port)
        try await connection.send(HTTPClient.bytes("GET", "/healthz", Way.channel.headers, nil))
        _ = try await connection.readAnswer(to: "GET", until: .now + .seconds(10))
        return connection
    }

    /// That of the project once the daemon answers from memory, and knows of the write.
    private func etag(of project: String, after token: String, on stage: Stage) async throws -> String {
        var etag: String?
        try await eventually("the write is in memory") {
            let read = try await stage.client.get("/v1/projects/\(project)", ["Sync-Token": token])
            etag = read.etag
            return read["Cache-Status"] == "scenesync; hit"
        }
        return try #require(etag)
    }

    /// Has a hundred requests answered on each of some connections that the front gets. Returns how often which status
    /// was the answer.
    private func compare(
        _ requests: RandomRequests, connections: Int, on stage: Stage
    ) async throws -> [Int: Int] {
        var requests = requests
        let ordinary = try await adoptedConnection(to: stage)
        var kinds: [Int: Int] = [:]
        for _ in 0..<connections {
            let front = try await HTTPConnection.open(port: stage.daemon.port)
            for _ in 0..<100 {
                let request = requests.next()
                let (one, other) = try await answers(to: request, by: front, ordinary)
                try #require(
                    one.bytes == other.bytes,
                    "seed \(requests.seed): \(String(decoding: request.bytes, as: UTF8.self))")
                kinds[one.status, default: 0] += 1
            }
        }
        return kinds
    }

    /// What of a head goes by the clock may differ where something began between the two: then both are asked again.
    /// Fifty times in turn it does not.
    private func answers(
        to request: RandomRequests.Request, by front: HTTPConnection, _ ordinary: HTTPConnection
    ) async throws -> (HTTPAnswer, HTTPAnswer) {
        var attempts = 50
        while true {
            try await front.send(request.bytes)
            try await ordinary.send(request.bytes)
            let one = try #require(try await front.readAnswer(to: request.method, until: .now + .seconds(10)))
            let other = try #require(
                try await ordinary.readAnswer(to: request.method, until: .now + .seconds(10)))
            let isOneTime = ["Date", "Age", "Cache-Status"].allSatisfy { one[$0] == other[$0] }
            attempts -= 1
            if isOneTime || attempts == 0 { return (one, other) }
        }
    }
}
