import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(1)))
struct CacheTests {
    @Test func `two hundred readers of one cold project are one load`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        let before = try await stage.metric("scenesync_cache_loads_total")

        let texts = try await withThrowingTaskGroup { group in
            for _ in 0..<200 {
                group.addTask { try await stage.client.get("/v1/projects/\(project)", within: .seconds(30)).text }
            }
            return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        }

        #expect(try await stage.metric("scenesync_cache_loads_total") - before == 1)
        #expect(
            texts == ["{\"id\": \"\(project)\", \"generated_output\": \(try await stage.expected(project) ?? "")}": 200]
        )
    }

    @Test func `what does not fit is loaded again, and is as it was`() async throws {
        let stage = try await Stage.start(["--cache-bytes", "200000"])
        let filler = String(repeating: "x", count: 50_000)
        var projects: [String] = []
        for _ in 0..<12 {
            projects.append(try await stage.insertProject("{\"filler\": \"\(filler)\", \"scenes\": [{}]}"))
        }

        for round in 1...2 {
            for project in projects {
                let read = try await stage.client.get("/v1/projects/\(project)")
                #expect(read.generatedOutput(of: project) == (try await stage.expected(project)), "round \(round)")
            }
        }

        #expect(try await stage.metric("scenesync_cache_evictions_total") > 0)
        #expect(try await stage.metric("scenesync_cache_bytes") <= 200_000)
    }

    @Test func `health and readiness answer programs and people`() async throws {
        let stage = try await Stage.start()
        let address = "127.0.0.1:\(stage.daemon.port)"

        for path in ["/healthz", "/readyz"] {
            let answer = try await stage.client.get(path)
            #expect(answer.status == 200)
            #expect(answer["Content-Type"] == "application/json")
            _ = try JSONReader.read(answer.text)
        }
        let health = try await Command.run(["health", "--listen", address])
        #expect(health.status == 0)
        #expect(!health.output.isEmpty)
        stage.daemon.kill()
        _ = await stage.daemon.waitForExit()
        let gone = try await Command.run(["health", "--listen", address])
        #expect(gone.status == 1)
        #expect(gone.errors.split(separator: "\n").count == 1)
    }
}
