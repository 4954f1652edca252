import Glibc
import Postgres
import PostgresTestSupport
import Testing

/// Contract 3: `Sync-Token`.
@Suite(.database(.sceneSync), .timeLimit(.minutes(1)))
struct SyncTokenTests {
    private func image(_ url: String) -> String { "{\"scene_index\": 1, \"image_url\": \"\(url)\"}" }

    @Test(arguments: [true, false])
    func `who saves reads what it saved, on any instance`(byHeader: Bool) async throws {
        let first = try await Stage.start()
        let second = try await Stage.start(on: first.database)
        let project = try await first.insertProject()
        _ = try await second.client.get("/v1/projects/\(project)")

        for number in 0..<50 {
            let token = try #require(try await first.images("PUT", project, image("u\(number)"))["Sync-Token"])
            #expect(token.utf8.count <= 64)
            for client in [second.client, first.client] {
                let read =
                    byHeader
                    ? try await client.get("/v1/projects/\(project)/scenes", ["Sync-Token": token])
                    : try await client.get("/v1/projects/\(project)/scenes?sync_token=\(token)")
                #expect(read.text.contains("\"u\(number)\""), "\(number)")
            }
        }
    }

    @Test func `a stream begins with what was saved, on any instance`() async throws {
        let first = try await Stage.start()
        let second = try await Stage.start(on: first.database)
        let project = try await first.insertProject()
        var held = try await Viewer.open(project, at: second.daemon.port)
        try await held.read(through: "ready")

        for number in 0..<20 {
            let token = try #require(try await first.images("PUT", project, image("u\(number)"))["Sync-Token"])
            var viewer = try await Viewer.open(project, at: second.daemon.port, query: "?sync_token=\(token)")
            try await viewer.read(through: "ready")
            #expect(viewer.mirror.generatedOutput?.contains("\"u\(number)\"") == true, "\(number)")
        }
    }

    @Test func `once the cache has the write it is answered from there`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")
        let token = try #require(try await stage.images("PUT", project, image("u"))["Sync-Token"])

        try await eventually("a hit") {
            let read = try await stage.client.get("/v1/projects/\(project)", ["Sync-Token": token])
            #expect(read.text.contains("\"u\""))
            return read["Cache-Status"] == "scenesync; hit"
        }
    }

    @Test(arguments: ["garbage", "0123456789abcdef-0", "0123456789abcdef-1-1", String(repeating: "1", count: 5_000)])
    func `garbage is 400`(token: String) async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()

        for part in ["", "/scenes", "/generations", "/events"] {
            let path = "/v1/projects/\(project)\(part)"
            #expect(try await stage.client.get(path, ["Sync-Token": token]).status == 400, "\(part)")
            #expect(try await stage.client.get("\(path)?sync_token=\(token)").status == 400, "\(part)")
        }
    }

    @Test func `another cluster's is met by a fresh load`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")

        let read = try await stage.client.get("/v1/projects/\(project)", ["Sync-Token": "0123456789abcdef-1"])

        #expect(read.status == 200)
        #expect(read["Cache-Status"] == "scenesync; fwd=request")
    }

    @Test func `while the database is away a read waits, then is 503, and a stream tells nothing older`() async throws {
        let server = try await Server.start()
        try await Database.with(.sceneSync, on: server) { database in
            let stage = try await Stage.start(on: database)
            let project = try await stage.insertProject()
            let token = try #require(try await stage.images("POST", project, image("u"))["Sync-Token"])
            _ = try await stage.client.get("/v1/projects/\(project)")
            try await server.stop(.fast)
            try await stage.daemon.logLine(containing: "stale: ")

            let start = ContinuousClock.now
            let read = try await stage.client.get("/v1/projects/\(project)?sync_token=\(token)")
            let waited = ContinuousClock.now - start
            let untokened = try await stage.client.get("/v1/projects/\(project)")
            var viewer = try await Viewer.open(project, at: stage.daemon.port, query: "?sync_token=\(token)")
            let opening = try await viewer.next()
            let write = try await stage.images("POST", project, image("v"))
            try await server.start()
            try await viewer.read(through: "ready", within: .seconds(20))

            #expect(read.status == 503)
            #expect(read["Retry-After"] != nil)
            #expect(waited > .seconds(4) && waited < .seconds(8))
            #expect(untokened.status == 200)
            #expect(opening.event == "stale")
            #expect(viewer.mirror.generatedOutput?.contains("\"u\"") == true)
            #expect(write.status == 503)
            #expect(write["Retry-After"] != nil)
            stage.daemon.kill()
        }
    }
}
