import Postgres
import PostgresTestSupport
import Testing

/// What the bodies of all clients together may take of memory.
@Suite(.database(.sceneSync), .timeLimit(.minutes(1)))
struct BodyBudgetTests {
    @Test func `of nine of the longest bodies one is told to come again; once they have gone there is room`()
        async throws
    {
        let stage = try await Stage.start(["--max-body", "50000"])
        let project = try await stage.insertProject()
        let head =
            "POST /v1/projects/\(project)/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50000\r\n\r\n"
        let unended = Array(head.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: 49_999)

        let first = await withTaskGroup(of: HTTPAnswer?.self) { tasks in
            for _ in 0..<9 {
                tasks.addTask {
                    let connection = try? await HTTPConnection.open(port: stage.daemon.port)
                    try? await connection?.send(unended)
                    return try? await connection?.readAnswer(to: "POST", until: .now + .seconds(8))
                }
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? nil
        }

        #expect(first?.status == 503)
        #expect(first?["Retry-After"] != nil)
        try await eventually("an image is saved") {
            try await stage.images("PUT", project, #"{"scene_index": 1, "image_url": "x"}"#).status == 200
        }
    }
}
