import Postgres
import Testing

@Suite(.daemon(), .timeLimit(.minutes(1)))
struct ReadTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    @Test(arguments: OddProject.all)
    func `a read is the merged project, byte for byte`(odd: OddProject) async throws {
        let project = try await stage.insertProject(odd)

        let read = try await stage.client.get("/v1/projects/\(project)")
        let scenes = try await stage.client.get("/v1/projects/\(project)/scenes")

        let expected = try #require(try await stage.expected(project))
        let elements = try JSONReader.read(expected)["scenes"]?.elements
        #expect(read.status == 200)
        #expect(read["Content-Type"] == "application/json")
        #expect(read.text == "{\"id\": \"\(project)\", \"generated_output\": \(expected)}")
        #expect(scenes.text == JSONNode.array(elements ?? []).text)
        #expect(scenes.etag == read.etag)
        #expect((elements ?? []).compactMap { $0["imageUrls"]?.text } == odd.pictures)
    }

    @Test(arguments: ["", "/scenes"])
    func `an id in upper case is answered in lower case`(part: String) async throws {
        let id = "ABCDEF01-2345-4ABC-8DEF-00000000000\(part.isEmpty ? 1 : 2)"
        try await stage.write(
            "INSERT INTO content_creation_requests (id, generated_output) VALUES ($1::uuid, '{}')", id)

        let upper = try await stage.client.get("/v1/projects/\(id)\(part)")
        let lower = try await stage.client.get("/v1/projects/\(id.lowercased())\(part)")
        let mixed = try await stage.client.get("/v1/projects/\(id.prefix(9) + id.dropFirst(9).lowercased())\(part)")

        #expect(upper.status == 200)
        #expect(upper.text == (part.isEmpty ? "{\"id\": \"\(id.lowercased())\", \"generated_output\": {}}" : "[]"))
        #expect(lower.text == upper.text)
        #expect(mixed.text == upper.text)
    }

    @Test func `a large document arrives whole`() async throws {
        let prompt = String(repeating: "é\\\"", count: 20_000)
        let scenes = (1...40).map { "{\"index\": \($0), \"prompt\": \"\($0)\(prompt)\"}" }.joined(separator: ",")
        let project = try await stage.insertProject("{\"scenes\": [\(scenes)]}")
        try await stage.save("a", scene: 40, of: project)

        let read = try await stage.client.get("/v1/projects/\(project)")

        #expect(read.body.count > 2_000_000)
        #expect(read.generatedOutput(of: project) == (try await stage.expected(project)))
    }

    @Test func `query parameters that mean nothing are ignored`() async throws {
        let project = try await stage.insertProject()
        let plain = try await stage.client.get("/v1/projects/\(project)")

        for query in ["?", "?x=1", "?scene_index=x&last_event_id=%zz", "?a=b&&=&%00", "?//../?"] {
            let read = try await stage.client.get("/v1/projects/\(project)\(query)")
            #expect(read.status == 200, "\(query)")
            #expect(read.body == plain.body, "\(query)")
        }
    }

    @Test func `pipelined requests are answered one by one, in order`() async throws {
        var projects: [String] = []
        for _ in 0..<10 { projects.append(try await stage.insertProject()) }
        let requests = projects.flatMap {
            [("GET", "/v1/projects/\($0)"), ("HEAD", "/v1/projects/\($0)/scenes"), ("GET", "/x")]
        }

        let answers = try await stage.client.pipeline(requests.map { (method: $0.0, target: $0.1) })

        #expect(answers.count == 30)
        for (number, project) in projects.enumerated() where answers.count == 30 {
            #expect(answers[number * 3].generatedOutput(of: project) != nil)
            #expect(answers[number * 3 + 1].etag == answers[number * 3].etag)
            #expect(answers[number * 3 + 2].status == 404)
        }
    }

    @Test func `a deleted project is unknown at once to who asks the database, and soon to all`() async throws {
        let project = try await stage.insertProject()
        #expect(try await stage.client.get("/v1/projects/\(project)").status == 200)

        try await stage.write("DELETE FROM content_creation_requests WHERE id = $1::uuid", project)

        #expect(try await stage.client.get("/v1/projects/\(project)", ["Cache-Control": "no-cache"]).status == 404)
        try await eventually("404") { try await stage.client.get("/v1/projects/\(project)").status == 404 }
    }
}
