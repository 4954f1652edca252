import Postgres
import PostgresTestSupport
import Testing

/// Contract 3: `Idempotency-Key`.
@Suite(.database(.sceneSync), .timeLimit(.minutes(1)))
struct IdempotencyTests {
    private static let image = #"{"scene_index": 1, "image_index": "next", "image_url": "x"}"#

    @Test func `the same request is answered byte for byte, by another daemon and after a restart, too`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()

        let first = try await stage.images("POST", project, Self.image, key: "k")
        let again = try await stage.images("POST", project, "  " + Self.image, key: "k")
        _ = await stage.daemon.stop()
        let other = try await Stage.start(on: stage.database)
        let elsewhere = try await other.images("POST", project, Self.image, key: "k")

        #expect(first.status == 201)
        for answer in [again, elsewhere] {
            #expect(answer.status == 201)
            #expect(answer.body == first.body)
            #expect(answer["Sync-Token"] == first["Sync-Token"])
        }
        #expect(try await stage.imageCount(project) == 1)
    }

    @Test func `a retry after a cut connection is the same save`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        // Nothing is saved before the lock is free, so the first client is gone when its save is made.
        let holder = try await stage.database.open(as: .superuser)
        try await holder.query("BEGIN")
        try await holder.query("LOCK generated_images IN EXCLUSIVE MODE")
        var connection: HTTPConnection? = try await HTTPConnection.open(port: stage.daemon.port)
        try await connection?.send(
            HTTPClient.bytes(
                "POST", "/v1/projects/\(project)/images",
                ["Content-Type": "application/json", "Idempotency-Key": "k"], Array(Self.image.utf8)))
        try await eventually("the save is under way") {
            try await stage.sessions(where: "wait_event_type = 'Lock' AND query LIKE '%scene_sync.write%'").count == 1
        }

        let meanwhile = try await stage.images("POST", project, Self.image, key: "k")
        connection = nil
        try await holder.query("COMMIT")
        var retried = meanwhile
        try await eventually("the first is done") {
            retried = try await stage.images("POST", project, Self.image, key: "k")
            return retried.status != 409
        }

        #expect(meanwhile.status == 409)
        #expect(meanwhile.problem == "request-running")
        #expect(meanwhile["Retry-After"] != nil)
        #expect(retried.status == 201)
        #expect(retried.places == ["1/0=x"])
        #expect(try await stage.imageCount(project) == 1)
    }

    @Test func `another request under a key is 422, under another key or of another project it is made`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        _ = try await stage.images("POST", project, Self.image, key: "k")

        let otherBody = try await stage.images("POST", project, #"{"scene_index": 2, "image_url": "x"}"#, key: "k")
        let otherMethod = try await stage.images("DELETE", project, key: "k")
        let otherKey = try await stage.images("POST", project, Self.image, key: "l")
        let otherProject = try await stage.images("POST", try await stage.insertProject(), Self.image, key: "k")

        #expect([otherBody, otherMethod, otherKey, otherProject].map(\.status) == [422, 422, 201, 201])
        #expect(otherBody.problem == "key-reused")
        #expect(try await stage.imageCount(project) == 2)
    }

    @Test func `a refusal is the same refusal again`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        let image = #"{"scene_index": 1, "image_url": "x"}"#
        _ = try await stage.images("POST", project, image)
        let refused = try await stage.images("POST", project, image, key: "k")
        _ = try await stage.images("DELETE", project)

        let again = try await stage.images("POST", project, image, key: "k")

        #expect(refused.status == 409)
        #expect(again.status == 409)
        #expect(again.body == refused.body)
    }
}
