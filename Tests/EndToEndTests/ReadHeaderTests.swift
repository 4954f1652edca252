import Postgres
import Testing

@Suite(.daemon(), .timeLimit(.minutes(1)))
struct ReadHeaderTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    @Test(arguments: ["", "/scenes"])
    func `a read tells what it is worth`(part: String) async throws {
        let project = try await stage.insertProject()

        let first = try await stage.client.get("/v1/projects/\(project)\(part)")
        let second = try await stage.client.get("/v1/projects/\(project)\(part)")

        #expect(first["Cache-Status"] == "scenesync; fwd=miss")
        #expect(second["Cache-Status"] == "scenesync; hit")
        #expect(try #require(first.etag).wholeMatch(of: /"[A-Za-z0-9_-]+"/) != nil)
        #expect(second.etag == first.etag)
        let date = /(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/
        for answer in [first, second] {
            #expect(["0", "1"].contains(answer["Age"]))
            #expect(answer["Vary"] == "Accept-Encoding")
            #expect(answer["Cache-Control"] == "private, no-cache")
            #expect(try #require(answer["Date"]).wholeMatch(of: date) != nil)
            #expect(answer["Content-Length"] == "\(answer.body.count)")
        }
    }

    @Test(arguments: [
        ("\"R\"", true), ("W/\"R\"", true), ("\"R-gzip\"", true), ("W/\"R-gzip\"", true), ("*", true),
        ("\"x\", W/\"y\",\"R\"", true), ("\"x\" , \"R-gzip\" , \"y\"", true), ("R", false), ("\"r\"", false),
        ("\"x\"", false),
        ("\"R-br\"", false), ("W/R", false),
    ])
    func `If-None-Match makes it 304, with the same headers and no body`(value: String, matches: Bool) async throws {
        let project = try await stage.insertProject()
        let target = "/v1/projects/\(project)"
        let plain = try await stage.client.get(target)
        let revision = try #require(plain.etag).filter { $0 != "\"" }

        for method in ["GET", "HEAD"] {
            let answer = try await stage.client.request(
                method, target, ["If-None-Match": value.replacing("R", with: revision)])
            #expect(answer.status == (matches ? 304 : 200), "\(method) \(value)")
            for name in ["ETag", "Vary", "Cache-Control"] { #expect(answer[name] == plain[name]) }
            #expect(answer["Cache-Status"] == "scenesync; hit")
            #expect(["0", "1"].contains(answer["Age"]))
            #expect(answer["Date"] != nil)
        }
    }

    @Test(arguments: [
        "/v1/projects/P", "/v1/projects/P/scenes", "/healthz", "/readyz", "/", "/projects/P", "/v1/projects/x", "/x",
    ])
    func `HEAD has the headers of GET`(path: String) async throws {
        let target = path.replacing("P", with: try await stage.insertProject())
        _ = try await stage.client.get(target)
        let get = try await stage.client.get(target)
        let head = try await stage.client.head(target)

        #expect(head.status == get.status)
        #expect(head.body.isEmpty)
        #expect(fields(head) == fields(get))
    }

    /// All that time does not change.
    private func fields(_ answer: HTTPAnswer) -> [String] {
        answer.head.fields.filter { !["date", "age"].contains($0.name.lowercased()) }
            .map { "\($0.name.lowercased()): \($0.value)" }.sorted()
    }

    @Test func `no-cache is answered from a snapshot after it`() async throws {
        let project = try await stage.insertProject()
        _ = try await stage.client.get("/v1/projects/\(project)")

        for number in 1...50 {
            try await stage.save("u\(number)", scene: 1, place: number, of: project)
            let read = try await stage.client.get("/v1/projects/\(project)", ["Cache-Control": "max-age=0, No-Cache"])
            #expect(read["Cache-Status"] == "scenesync; fwd=request")
            #expect(read.text.contains("\"u\(number)\"]"), "the read after insert \(number)")
        }

        #expect(
            try await stage.client.get("/v1/projects/\(project)").generatedOutput(of: project)
                == stage.expected(project))
    }

    @Test func `the ETag depends on the contents alone`() async throws {
        let project = try await stage.insertProject()
        let update = "UPDATE generated_images SET image_url = $2 WHERE content_creation_request_id = $1::uuid"

        let empty = try await etag(project)
        try await stage.save("a", scene: 1, of: project)
        let withA = try await etag(project)
        try await stage.write(update, project, "b")
        let withB = try await etag(project)
        try await stage.write(update, project, "a")
        let withAAgain = try await etag(project)
        try await stage.write("UPDATE content_creation_requests SET status = 'x' WHERE id = $1::uuid", project)
        let withStatus = try await etag(project)
        try await stage.write("DELETE FROM generated_images WHERE content_creation_request_id = $1::uuid", project)
        let deleted = try await etag(project)

        #expect(Set([empty, withA, withB, deleted]).count == 4)
        #expect(withAAgain == withA)
        #expect(withStatus == withA)
    }

    private func etag(_ project: String) async throws -> String {
        try #require(try await stage.client.get("/v1/projects/\(project)", ["Cache-Control": "no-cache"]).etag)
    }
}
