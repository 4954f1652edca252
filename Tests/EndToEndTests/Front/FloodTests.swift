import Postgres
import PostgresTestSupport
import Testing

/// A client that asks and asks, and takes no answer.
@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(2)))
struct FloodTests {
    /// More than all buffers between the two hold.
    private static let limit_bytes = 16 << 20

    private func largeProject(on stage: Stage) async throws -> String {
        try await stage.insertProject("{\"text\": \"\(String(repeating: "x", count: 8 << 20))\", \"scenes\": []}")
    }

    private func open(_ target: String, at stage: Stage) async throws -> HTTPConnection {
        let connection = try await HTTPConnection.open(port: stage.daemon.port, receiveBuffer: 4_096)
        try await connection.send(HTTPClient.bytes("GET", target, [:], nil))
        return connection
    }

    /// Returns how much was taken before nothing more was.
    private func flood(_ connection: HTTPConnection) async throws -> Int {
        let one = HTTPClient.bytes("GET", "/healthz", [:], nil)
        let many = Array(repeatElement(one, count: 1 << 10).joined())
        var taken_bytes = 0
        do {
            while taken_bytes < Self.limit_bytes {
                try await connection.send(many, within: .seconds(4))
                taken_bytes += many.count
            }
        } catch TransportError.timedOut {}
        return taken_bytes
    }

    @Test func `who does not take an answer is not read from`() async throws {
        let stage = try await Stage.start()
        let connection = try await open("/v1/projects/\(try await largeProject(on: stage))", at: stage)

        #expect(try await flood(connection) < Self.limit_bytes)

        #expect(try await stage.client.get("/healthz").status == 200)
    }

    @Test func `who does not take a stream's last words is not read from`() async throws {
        let stage = try await Stage.start()
        let project = try await largeProject(on: stage)
        let connection = try await open("/v1/projects/\(project)/events", at: stage)
        try await eventually("it is a stream") { try await stage.metric("scenesync_subscribers") == 1 }
        try await eventually("it has begun") { try await stage.metric("scenesync_sent_bytes_total") > 8 << 20 }

        try await stage.write("DELETE FROM content_creation_requests WHERE id = $1::uuid", project)
        try await eventually("it has ended") { try await stage.metric("scenesync_subscribers") == 0 }

        #expect(try await flood(connection) < Self.limit_bytes)
    }

    /// Each piece ends within a chunk's size, so something is always left for the next one.
    @Test func `a body in tiny chunks keeps nothing of what has been read`() async throws {
        let stage = try await Stage.start(["--max-body", "16000000"])
        let connection = try await HTTPConnection.open(port: stage.daemon.port)
        try await connection.send(
            Array("POST /v1/nothing HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0000000".utf8))
        let piece = Array(String(repeating: "1\r\nx\r\n0000000", count: 5_000).utf8)
        for _ in 0..<20 { try await connection.send(piece, within: .seconds(10)) }
        let before = try await stage.metric("process_resident_memory_bytes")

        for _ in 0..<120 { try await connection.send(piece, within: .seconds(10)) }

        let grown_bytes = try await stage.metric("process_resident_memory_bytes") - before
        #expect(grown_bytes < 4 << 20, "\(grown_bytes >> 20) MiB more after \(120 * piece.count >> 20) MiB")
    }
}
