import Postgres
import Testing

@Suite(.daemon("--read-only"), .timeLimit(.minutes(1)))
struct ReadOnlyTests {
    @Test(arguments: ["POST", "PUT", "DELETE"])
    func `a daemon that takes no writes says so`(method: String) async throws {
        let stage = try Stage.current
        let project = try await stage.insertProject()

        let answer = try await stage.images(
            method, project, method == "DELETE" ? nil : #"{"scene_index": 1, "image_url": "x"}"#)

        #expect(answer.status == 403)
        #expect(answer.problem == "read-only")
        #expect(try await stage.client.get("/v1/projects/\(project)/generations").status == 200)
    }
}
