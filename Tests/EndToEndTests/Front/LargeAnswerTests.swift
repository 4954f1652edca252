import Glibc
import Postgres
import PostgresTestSupport
import Testing

/// An answer that takes a while to be taken: whatever ends its connection meanwhile waits for it.
@Suite(.bothWays, .database(.sceneSync), .serialized, .timeLimit(.minutes(2)))
struct LargeAnswerTests {
    private struct Answer {
        let connection: HTTPConnection
        let length: Int
    }

    /// Asks for a project that is larger than all buffers between the two, and reads the answer's head.
    private func ask(
        _ stage: Stage, closingOneSide: Bool = false
    ) async throws -> Answer {
        let text = String(repeating: "x", count: 16 << 20)
        let project = try await stage.insertProject("{\"text\": \"\(text)\", \"scenes\": []}")
        _ = try await stage.client.get("/v1/projects/\(project)")
        let connection = try await HTTPConnection.open(port: stage.daemon.port, receiveBuffer: 65_536)
        try await connection.send(HTTPClient.bytes("GET", "/v1/projects/\(project)", Way.current.headers, nil))
        if closingOneSide { await connection.finishSending() }
        let head = try #require(try await connection.readHead(until: .now + .seconds(20)))
        return Answer(connection: connection, length: try #require(head["Content-Length"].flatMap { Int($0) }))
    }

    private func rest(of answer: Answer) async throws -> Int {
        try await answer.connection.read(exactly: answer.length, until: .now + .seconds(20)).count
    }

    @Test func `the end of the service waits for it`() async throws {
        let stage = try await Stage.start(["--drain-delay", "0"])
        let answer = try await ask(stage)

        stage.daemon.signal(SIGTERM)
        try await eventually("no new connection is taken") {
            (try? await HTTPConnection.open(port: stage.daemon.port)) == nil
        }

        #expect(try await rest(of: answer) == answer.length)
        #expect(await stage.daemon.waitForExit() == 0)
    }

    @Test func `who has closed the side that he sends on gets all of it`() async throws {
        let stage = try await Stage.start()
        let answer = try await ask(stage, closingOneSide: true)

        #expect(try await rest(of: answer) == answer.length)
        #expect(try await answer.connection.read(until: .now + .seconds(10)).isEmpty)
    }

    @Test func `a connection on which it is taken slowly is not idle`() async throws {
        let stage = try await Stage.start(["--idle-timeout", "1"])
        let answer = try await ask(stage)

        var left = answer.length
        while left > 0 {
            try await Task.sleep(for: .milliseconds(20))
            let count = min(left, 65_536)
            left -= try await answer.connection.read(exactly: count, until: .now + .seconds(10)).count
        }

        #expect(try await stage.client.get("/healthz").status == 200)
    }

    @Test func `who takes nothing of it loses it`() async throws {
        let stage = try await Stage.start(["--idle-timeout", "1"])
        let before = try await stage.metric("process_open_fds")
        let answer = try await ask(stage)

        try await eventually("the connection is closed", within: .seconds(20)) {
            try await stage.metric("process_open_fds") <= before
        }
        await #expect(throws: TransportError.self) {
            _ = try await answer.connection.read(exactly: answer.length, until: .now + .seconds(10))
        }
    }
}
