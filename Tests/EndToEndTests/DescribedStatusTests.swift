import Postgres
import PostgresTestSupport
import Testing

/// What any request may meet is in the OpenAPI document, for each operation that it is asked of.
@Suite(.timeLimit(.minutes(2)))
struct DescribedStatusTests {
    private struct Operation: Sendable {
        let method: String
        let path: String
        let described: Set<String>

        func target(_ project: String, _ more: String = "") -> String {
            let query =
                ["/v1/events": "project=\(project)", "/v1/explain": "project=\(project)&scene_index=1"][path] ?? ""
            return "\(path.replacing("{id}", with: project))?\(query)&\(more)"
        }
    }

    private static let image = #"{"scene_index": 1, "image_url": "x"}"#

    private func operations(_ stage: Stage) async throws -> [Operation] {
        let document = try JSONReader.read(try await stage.client.get("/openapi.json").text)
        return members(document["paths"]).flatMap { path in
            members(path.value).filter { $0.key != "parameters" }.map { method in
                Operation(
                    method: method.key.uppercased(), path: path.key,
                    described: Set(members(method.value["responses"]).map(\.key)))
            }
        }
    }

    private func members(_ node: JSONNode?) -> [JSONNode.Member] {
        if case .object(let members)? = node { members } else { [] }
    }

    /// The status of what is answered; what is said in vain is not waited for.
    private func ask(_ stage: Stage, _ bytes: [UInt8]) async throws -> Int {
        let connection = try await HTTPConnection.open(port: stage.daemon.port)
        try await connection.send(bytes)
        return try #require(try await connection.readHead(until: .now + .seconds(9))).status
    }

    /// What each operation answers to a request like this.
    private func statuses(
        _ stage: Stage, _ project: String, _ headers: [String: String] = [:], more: String = "", cut: Int = 0,
        hasBody: Bool = false
    ) async throws -> Set<Int> {
        let operations = try await operations(stage)
        return try await withThrowingTaskGroup(of: Int.self) { tasks in
            var seen: Set<Int> = []
            for operation in operations {
                let isSaving = hasBody && ["POST", "PUT"].contains(operation.method)
                let fields = isSaving ? headers.merging(["Content-Type": "application/json"]) { $1 } : headers
                let bytes = HTTPClient.bytes(
                    operation.method, operation.target(project, more), fields, isSaving ? Array(Self.image.utf8) : nil)
                tasks.addTask {
                    let status = try await ask(stage, Array(bytes.dropLast(cut)))
                    #expect(
                        operation.described.contains("\(status)"), "\(status) of \(operation.method) \(operation.path)")
                    return status
                }
                // One after the other; who is slow is so beside the others.
                if cut == 0, let status = try await tasks.next() { seen.insert(status) }
            }
            for try await status in tasks { seen.insert(status) }
            return seen
        }
    }

    @Test func `each refusal is described wherever it is met`() async throws {
        let server = try await Server.start()
        try await Database.with(.sceneSync, on: server) { database in
            let stage = try await Stage.start(["--max-requests", "1", "--header-timeout", "1"], on: database)
            let project = try await stage.insertProject()
            let long = String(repeating: "a", count: 20_000)
            let waiting = try await HTTPConnection.open(port: stage.daemon.port)
            let expects = ["Content-Type": "application/json", "Expect": "100-continue", "Content-Length": "2"]

            #expect(try await statuses(stage, project, ["Host": "evil.example"]) == [421])
            #expect(try await statuses(stage, project, more: String(long.prefix(9_000))) == [414])
            #expect(try await statuses(stage, project, ["X-Long": long]) == [431])
            #expect(try await statuses(stage, project, ["Content-Length": "99999999"]) == [413])
            #expect(try await statuses(stage, project, ["Content-Length": "x"]) == [400])
            #expect(try await statuses(stage, project, ["X-Cut": "x"], cut: 4) == [408])
            #expect(try await statuses(stage, project).isSuperset(of: [200, 415]))
            #expect(try await statuses(stage, project, hasBody: true).isSuperset(of: [200, 201]))
            #expect(try await statuses(stage, project, ["Idempotency-Key": "k"], hasBody: true).contains(422))
            let target = "/v1/projects/\(project)/images"
            try await waiting.send(HTTPClient.bytes("POST", target, expects, nil))
            #expect(try await waiting.readHead(until: .now + .seconds(9))?.status == 100)
            #expect(try await statuses(stage, project, ["Cache-Control": "no-cache"]).contains(429))
            try await waiting.send(Array("[]".utf8))
            try await server.stop(.immediate)
            try await eventually("it is away") { try await stage.client.get("/readyz").status == 503 }
            let other = "99999999-0000-4000-8000-000000000000"
            #expect(try await statuses(stage, other, hasBody: true).contains(503))
            try await server.start()
        }
    }
}
