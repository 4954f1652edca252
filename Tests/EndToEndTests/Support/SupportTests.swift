import Glibc
import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.sceneSync), .timeLimit(.minutes(1)))
struct SupportTests {
    @Test func `a daemon, a read, a stream, a mirror and the oracle agree`() async throws {
        let database = try Database.current
        let writer = try await database.open(as: .writer)
        let project = try #require(
            try await writer.query(
                """
                INSERT INTO content_creation_requests (generated_output)
                VALUES ('{"n": 1.10, "scenes": [{"index": 1, "imageUrls": ["a\\u0001\\"b"]}, {}, 7, {"index": 2.0}]}') RETURNING id
                """
            ).string(0, 0))
        let oracle = Oracle(try await database.open(as: .owner))
        let daemon = try await DaemonProcess.start(database: database.connectionString(as: .daemon))
        let stream = try await EventStream.open(port: daemon.port, "/v1/projects/\(project)/events")
        var mirror = ProjectMirror(of: project)
        for event in try await stream.events(through: "ready") { try mirror.apply(event) }

        try await writer.query(
            "INSERT INTO generated_images (content_creation_request_id, scene_index, image_url) VALUES ($1, 2, 'x'), ($1, 1, 'é\t')",
            [project])
        try mirror.apply(try #require(try await stream.next()))
        try mirror.apply(try #require(try await stream.next()))
        let read = try await daemon.client().get("/v1/projects/\(project)")
        let expected = try await oracle.generatedOutput(of: project)

        #expect(mirror.generatedOutput == expected)
        #expect(read.generatedOutput(of: project) == expected)
        #expect(read.etag == "\"\(mirror.lastEventID ?? "")\"")
        #expect(await daemon.stop() == 0)
    }

    @Test func `a command shows its status and what it wrote`() async throws {
        let command = try await Command.run(["serve", "--no-such-flag"])

        #expect(command.status == 64)
        #expect(command.output == "")
        #expect(command.errors.contains("no-such-flag"))
    }
}
