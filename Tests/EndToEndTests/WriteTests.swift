import Postgres
import PostgresTestSupport
import Testing

/// Contract 3, "Writes".
@Suite(.daemon("--max-body", "2000000"), .timeLimit(.minutes(1)))
struct WriteTests {
    private static let unknown = "00000000-0000-4000-8000-000000000000"
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    private func isUUID(_ text: String?) -> Bool {
        text?.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil
    }

    @Test func `a saved image is answered, read and streamed`() async throws {
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")

        let saved = try await stage.images(
            "POST", project.uppercased(), #"{"scene_index": 2, "image_url": "https://x/é\"1"}"#)
        let event = try await viewer.next()

        let image = try #require(saved.json?["images"]?.elements?.first)
        guard case .object(let members) = image else { throw TransportError.malformed(saved.text) }
        #expect(saved.status == 201)
        #expect(saved["Content-Type"] == "application/json")
        #expect(saved["Cache-Control"] == "no-store")
        #expect(
            members.map(\.key) == [
                "id", "project_id", "scene_index", "image_index", "image_url", "generation", "created_at", "updated_at",
            ])
        #expect(isUUID(image["id"]?.plainString))
        #expect(image["project_id"]?.plainString == project)
        #expect(image["image_url"]?.text == #""https://x/é\"1""#)
        #expect([image["scene_index"]?.int, image["image_index"]?.int, image["generation"]?.int] == [2, 0, 0])
        for time in [image["created_at"], image["updated_at"]] {
            #expect(time?.plainString?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil)
        }
        #expect(event.event == "scene")
        #expect(viewer.mirror.generatedOutput == (try await stage.expected(project)))
    }

    @Test func `an array is saved as a whole and announced as a whole`() async throws {
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")

        let saved = try await stage.images(
            "POST", project,
            #"[{"scene_index": 3, "image_url": "c"}, {"scene_index": 1, "image_index": "next", "image_url": "a"}, {"scene_index": 1, "image_index": "next", "image_url": "b"}]"#
        )
        try await viewer.read(to: try await stage.expected(project))

        #expect(saved.places == ["3/0=c", "1/0=a", "1/1=b"])
        #expect(viewer.mirror.counts["scene"] == 2)
    }

    @Test func `taken places are named, nothing is saved, and PUT replaces them`() async throws {
        let project = try await stage.insertProject()
        _ = try await stage.images("POST", project, #"{"scene_index": 1, "image_url": "old"}"#)
        let images = #"[{"scene_index": 1, "image_url": "new"}, {"scene_index": 2, "image_url": "other"}]"#

        let refused = try await stage.images("POST", project, images)
        let before = try await stage.expected(project)
        let replaced = try await stage.images("PUT", project, images)
        let again = try await stage.images("PUT", project, images)

        #expect(refused.status == 409)
        #expect(refused["Content-Type"] == "application/problem+json")
        #expect(refused["Sync-Token"] == nil)
        #expect(refused.problem == "occupied")
        #expect(refused.json?["occupied"]?.text == #"[{"scene_index": 1, "image_index": 0}]"#)
        #expect(before?.contains("other") == false)
        #expect(replaced.status == 200 && again.status == 200)
        #expect(replaced.places == ["1/0=new", "2/0=other"])
        #expect(again.places == replaced.places)
    }

    @Test func `sixty-four savers at once fill the next places without a hole`() async throws {
        let project = try await stage.insertProject()

        let answers = try await withThrowingTaskGroup { group in
            for number in 0..<64 {
                group.addTask {
                    try await stage.images(
                        "POST", project, #"{"scene_index": 1, "image_index": "next", "image_url": "u\#(number)"}"#)
                }
            }
            return try await group.reduce(into: [HTTPAnswer]()) { $0.append($1) }
        }

        #expect(answers.allSatisfy { $0.status == 201 })
        let places = answers.compactMap { $0.json?["images"]?.elements?.first?["image_index"]?.int }
        #expect(places.sorted() == Array(0..<64))
        let read = try await stage.client.get("/v1/projects/\(project)", ["Cache-Control": "no-cache"])
        let urls = try JSONReader.read(read.generatedOutput(of: project) ?? "")["scenes"]?.elements?[0]["imageUrls"]
        #expect(Set((urls?.elements ?? []).compactMap(\.plainString)).count == 64)
    }

    @Test func `regenerate ends the fallback of scenes that never had an image, for reads and streams`() async throws {
        let project = try await stage.insertProject(
            #"{"scenes": [{"imageUrls": ["stored 1"]}, {"imageUrls": ["stored 2"]}, {"imageUrls": ["stored 3"]}]}"#)
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")

        let one = try await stage.images("DELETE", project, query: "?scene_index=2")
        try await viewer.read(to: try await stage.expected(project))
        let afterOne = viewer.mirror.generatedOutput
        let all = try await stage.images("DELETE", project)
        try await viewer.read(to: try await stage.expected(project))

        #expect(one.status == 200 && all.status == 200)
        #expect(one.json?["deleted"]?.int == 0)
        #expect(one.json?["generations"]?.text.hasPrefix("{\"2\": ") == true)
        #expect(
            afterOne
                == #"{"scenes": [{"imageUrls": ["stored 1"]}, {"imageUrls": []}, {"imageUrls": ["stored 3"]}]}"#)
        #expect(
            viewer.mirror.generatedOutput == #"{"scenes": [{"imageUrls": []}, {"imageUrls": []}, {"imageUrls": []}]}"#)
        #expect(viewer.mirror.counts["stale"] == nil)
    }

    @Test func `a slow worker cannot bring back a regenerated image`() async throws {
        let project = try await stage.insertProject()
        let asked = try await stage.generations(project)
        _ = try await stage.images("POST", project, #"{"scene_index": 1, "image_url": "first", "generation": 0}"#)
        let regenerated = try await stage.images("DELETE", project, query: "?scene_index=1")

        let late = try await stage.images(
            "POST", project,
            #"[{"scene_index": 1, "image_url": "late", "generation": 0}, {"scene_index": 2, "image_url": "x"}]"#)
        let generation = try await stage.generations(project)["1"] ?? 0
        let current = try await stage.images(
            "POST", project, #"{"scene_index": 1, "image_url": "new", "generation": \#(generation)}"#)

        #expect(asked == ["1": 0, "2": 0, "3": 0])
        #expect(regenerated.json?["deleted"]?.int == 1)
        #expect(regenerated.json?["generations"]?["1"]?.int == generation)
        #expect(late.status == 409)
        #expect(late.problem == "outdated-generation")
        #expect(late.json?["outdated"]?.text == "[{\"scene_index\": 1, \"generation\": \(generation)}]")
        #expect(current.status == 201)
        #expect(current.json?["images"]?.elements?.first?["generation"]?.int == generation)
        #expect(try await stage.expected(project)?.contains("late") == false)
    }

    @Test(arguments: ["POST", "PUT", "DELETE"])
    func `an unknown project is 404`(method: String) async throws {
        let body = method == "DELETE" ? nil : #"{"scene_index": 1, "image_url": "x"}"#

        let answer = try await stage.images(method, Self.unknown, body)

        #expect(answer.status == 404)
        #expect(answer.problem == "unknown-project")
        #expect(try await stage.client.get("/v1/projects/\(Self.unknown)/generations").status == 404)
    }

    @Test(arguments: [
        (#"[{"scene_index": "1", "image_url": ""}]"#, ["/0/scene_index", "/0/image_url"]),
        (#"{"scene_index": 1, "image_url": "\u0000"}"#, ["/image_url"]), ("[]", [""]),
        (#"[{"scene_index": 1, "image_url": "x"}, {"scene_index": 1, "image_url": "y"}]"#, ["/1"]), ("{", []),
    ])
    func `what is malformed is 400, with a pointer to each bad field`(
        _ body: String, _ pointers: [String]
    ) async throws {
        let project = try await stage.insertProject()

        for method in ["POST", "PUT"] {
            let answer = try await stage.images(method, project, body)

            #expect(answer.status == 400)
            #expect(answer["Content-Type"] == "application/problem+json")
            let errors = answer.json?["errors"]?.elements ?? []
            #expect(errors.compactMap { $0["pointer"]?.plainString } == pointers)
            #expect(errors.allSatisfy { $0["detail"]?.plainString?.isEmpty == false })
        }
    }

    @Test func `bad parameters and keys are 400`() async throws {
        let project = try await stage.insertProject()

        for query in ["?scene_index=", "?scene_index=x", "?scene_index=1.0", "?scene_index=1&scene_index=2147483648"] {
            #expect(try await stage.images("DELETE", project, query: query).status == 400, "\(query)")
        }
        for key in ["", String(repeating: "k", count: 256), "é"] {
            #expect(try await stage.images("DELETE", project, key: key).status == 400, "\(key)")
        }
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "application/json-seq", ""])
    func `another type is 415`(type: String) async throws {
        let project = try await stage.insertProject()

        let answer = try await stage.images(
            "POST", project, #"{"scene_index": 1, "image_url": "x"}"#, headers: ["Content-Type": type])

        #expect(answer.status == 415)
        #expect(answer["Accept"] == "application/json")
    }

    @Test func `a type's parameters and case mean nothing, and a coding is refused`() async throws {
        let project = try await stage.insertProject()
        let image = #"{"scene_index": 1, "image_index": "next", "image_url": "x"}"#

        for type in ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"] {
            #expect(try await stage.images("POST", project, image, headers: ["Content-Type": type]).status == 201)
        }
        let coded = try await stage.images("POST", project, image, headers: ["Content-Encoding": "gzip"])
        #expect(coded.status == 415)
    }

    @Test func `a body that is too large is 413, said beforehand or not`() async throws {
        let project = try await stage.insertProject()
        let url = String(repeating: "x", count: 1_900_000)
        let image = "{\"scene_index\": 1, \"image_url\": \"\(url)\"}"

        let large = try await stage.images("POST", project, image)
        let tooLarge = try await stage.images("POST", project, image + String(repeating: " ", count: 100_000))
        let after = try await stage.client.get("/healthz")

        #expect(large.status == 201)
        #expect(large.places == ["1/0=\(url)"])
        #expect(tooLarge.status == 413)
        #expect(after.status == 200)
    }

    @Test func `a client that waits to be asked for its body is asked`() async throws {
        let project = try await stage.insertProject()
        let connection = try await HTTPConnection.open(port: stage.daemon.port)
        let body = #"{"scene_index": 1, "image_url": "x"}"#
        let head = """
            POST /v1/projects/\(project)/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
            Expect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n
            """

        try await connection.send(Array(head.utf8))
        let interim = try await connection.readHead(until: .now + .seconds(5))
        try await connection.send(Array(body.utf8))
        let answer = try await connection.readAnswer(to: "POST", until: .now + .seconds(5))

        #expect(interim?.status == 100)
        #expect(answer?.status == 201)
    }

    @Test func `what the app's own rules forbid is 422 with their words`() async throws {
        let project = try await stage.insertProject()
        let owner = try await stage.database.open(as: .owner)
        try await owner.query(
            "ALTER TABLE generated_images ADD CONSTRAINT no_ftp CHECK (image_url NOT LIKE 'ftp:%') NOT VALID")

        let answer = try await stage.images("POST", project, #"{"scene_index": 1, "image_url": "ftp://x"}"#)

        #expect(answer.status == 422)
        #expect(answer.problem == "refused")
        #expect(answer.json?["detail"]?.text.contains("no_ftp") == true)
    }

    @Test(arguments: [("GET", "images"), ("PATCH", "images"), ("POST", "generations"), ("POST", "scenes")])
    func `a wrong method is told the right ones`(_ method: String, _ part: String) async throws {
        let project = try await stage.insertProject()

        let answer = try await stage.client.request(method, "/v1/projects/\(project)/\(part)")

        #expect(answer.status == 405)
        #expect(answer["Allow"] == (part == "images" ? "POST, PUT, DELETE" : "GET, HEAD"))
    }
}
