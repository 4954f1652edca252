import Postgres
import PostgresTestSupport
import Testing

/// A client that asks and asks, and takes no answer.
@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(1)))
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
}
