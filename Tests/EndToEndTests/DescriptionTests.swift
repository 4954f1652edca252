import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// What `/openapi.json` and `/asyncapi.json` promise to programs is what the daemon does.
@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(4)))
struct DescriptionTests {
    @Test func `requests made from the OpenAPI document are answered as it says`() async throws {
        let stage = try await start()

        // A stream does not end.
        try await expectConformance(of: stage, "--max-examples 20 --exclude-path-regex 'events$'")

        #expect(try await stage.client.get("/readyz").status == 200)
    }

    @Test(arguments: [
        "", "-H 'Authorization: Bearer x'",
        "-H 'Authorization: Bearer \(Tokens.of(read: ["*"]))' --exclude-path-regex 'events$'",
    ])
    func `who bears no token, a bad one, or one that may only read is answered as it says`(flags: String) async throws {
        let stage = try await start(Tokens.flags)

        try await expectConformance(of: stage, "--max-examples 3 --phases examples,coverage,fuzzing \(flags)")
    }

    private func start(_ flags: [String] = []) async throws -> Stage {
        let stage = try await Stage.start(flags)
        try await stage.writer.query(
            """
            INSERT INTO content_creation_requests (id, generated_output)
            VALUES ('11111111-1111-4111-8111-111111111111', $1::jsonb)
            """, [Stage.document(scenes: 3)])
        return stage
    }

    /// A method that a path does not have is known by another test.
    private func expectConformance(of stage: Stage, _ flags: String) async throws {
        let run = try await Program.sh(
            """
            .venv/bin/st run http://127.0.0.1:\(stage.daemon.port)/openapi.json \(flags) \
                --checks not_a_server_error,status_code_conformance,content_type_conformance \
                --checks response_schema_conformance,response_headers_conformance,allow_header_conformance \
                --request-timeout 10 --warnings off --suppress-health-check all
            """, within: .seconds(200))

        #expect(run.status == 0, "\(run.text)")
    }

    @Test func `each success of the OpenAPI document has an example, and a lost member would be missed`() async throws {
        let stage = try await Stage.start()
        let folder = try TemporaryFolder()
        let document = try folder.write(try await stage.client.get("/openapi.json").text, to: "openapi.json")

        let run = try await Program.sh(".venv/bin/python Tests/Descriptions/openapi_test.py \(document)")

        #expect(run.status == 0, "\(run.text)")
    }

    @Test func `each path of the OpenAPI document is there, with its methods`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        let document = try JSONReader.read(try await stage.client.get("/openapi.json").text)
        guard case .object(let paths)? = document["paths"] else {
            Issue.record("no paths")
            return
        }

        for member in paths {
            guard case .object(let members) = member.value else { continue }
            let path = member.key
            let methods = members.map { $0.key.uppercased() }.filter { ["GET", "POST", "PUT", "DELETE"].contains($0) }
            let target = path.replacing("{id}", with: project)
            let refused = try await stage.client.request("PATCH", target)
            let allowed = refused["Allow"]?.split(separator: ",").map { $0.filter { $0 != " " } } ?? []

            #expect(refused.status == 405, "\(path)")
            #expect(Set(allowed).subtracting(["HEAD"]) == Set(methods), "\(path)")
        }
    }

    @Test func `events are what the AsyncAPI document says`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        let stream = try await EventStream.open(port: stage.daemon.port, "/v1/projects/\(project)/events")
        var events = try await stream.events(through: "ready")

        try await stage.writer.query(
            """
            INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)
            SELECT $1::uuid, scene, 0, 'a "quoted" url' FROM generate_series(1, 4) AS scene
            """, [project])
        for _ in 0..<4 { events.append(try #require(try await stream.next())) }
        try await stage.admin.query(
            "SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid",
            ["{\(try await stage.sessions().map { "\($0)" }.joined(separator: ","))}"])
        events += try await stream.events(through: "ready", within: .seconds(20))
        try await stage.write("DELETE FROM content_creation_requests WHERE id = $1::uuid", project)
        events += try await stream.events(through: "deleted")

        let monitor = try await EventStream.open(port: stage.daemon.port, "/v1/monitor/events")
        events.append(try #require(try await monitor.next()))
        let guarded = try await Stage.start(Tokens.flags)
        let ending = try await EventStream.open(
            port: guarded.daemon.port, "/v1/monitor/events",
            headers: Tokens.header(Tokens.of(isAdmin: true, seconds: 2)))
        events.append(try #require(try await ending.nextEvent(named: "expired", within: .seconds(6))))

        let folder = try TemporaryFolder()
        let document = try folder.write(try await stage.client.get("/asyncapi.json").text, to: "asyncapi.json")
        let lines = try events.map { event in
            let data = String(decoding: try JSONEncoder().encode(event.data), as: UTF8.self)
            return "{\"event\": \"\(event.event)\", \"data\": \(data)}\n"
        }
        let openAPI = try folder.write(try await stage.client.get("/openapi.json").text, to: "openapi.json")
        let told = try folder.write(lines.joined(), to: "events")
        let run = try await Program.sh(
            ".venv/bin/python Tests/Descriptions/asyncapi_test.py \(document) \(told) \(openAPI)")

        #expect(run.status == 0, "\(run.text)")
        #expect(run.text == "deleted expired monitor ready scene snapshot stale\n")
    }
}
