import Glibc
import PostgresTestSupport
import Testing

@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct WatchTests {
    private static let id = "abcdef01-0000-4000-8000-000000000001"

    /// A watcher whose stdout is a pipe.
    private func watch(
        _ project: String, port: Int, path: String = "", environment: [String: String] = [:]
    ) async throws -> (child: ChildProcess, lines: LogLines) {
        let child = try await ChildProcess.start(
            [Command.binary, "watch", project, "--url", "http://127.0.0.1:\(port)\(path)"], environment: environment)
        let lines = LogLines()
        lines.read(child.output)
        return (child, lines)
    }

    @Test func `each thing that happens is a line, and Ctrl-C is a good end`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        try await stage.save("before", scene: 1, of: project)
        let (child, lines) = try await watch(project.uppercased(), port: stage.daemon.port)
        _ = try await lines.first(within: .seconds(20)) { $0.hasSuffix(" live: 1 image in 3 scenes") }

        try await stage.save("https://example.com/1.png", scene: 2, of: project)
        _ = try await lines.first(within: .seconds(10)) { $0.hasSuffix(" + scene 2: https://example.com/1.png") }
        try await stage.write("DELETE FROM generated_images WHERE content_creation_request_id = $1::uuid", project)
        _ = try await lines.first(within: .seconds(10)) { $0.hasSuffix(" - scene 2: 1 image gone") }
        child.signal(SIGINT)

        #expect(await child.waitForExit() == 0)
        #expect(lines.all.allSatisfy { $0.contains("Z ") && !$0.contains("\u{1B}") }, "\(lines.all)")
        #expect(!lines.all.contains { $0.contains("+ scene 1: before") })
    }

    @Test func `it ends when nobody reads what it writes`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        let child = try await ChildProcess.start([
            "/bin/sh", "-c",
            "{ \(Command.binary) watch \(project) --url http://127.0.0.1:\(stage.daemon.port); echo \"ended $?\" >&2; } | head -n 1",
        ])
        let (lines, ends) = (LogLines(), LogLines())
        lines.read(child.output)
        ends.read(child.errors)
        _ = try await lines.first(within: .seconds(20)) { $0.contains(" live: ") }

        try await stage.save("a", scene: 1, of: project)

        _ = try await ends.first(within: .seconds(20)) { $0 == "ended 0" }
    }

    @Test func `a daemon that restarts is followed, and nothing is missed`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        let (child, lines) = try await watch(project, port: stage.daemon.port)
        _ = try await lines.first(within: .seconds(20)) { $0.contains(" live: 0 images") }

        stage.daemon.kill()
        _ = await stage.daemon.waitForExit()
        _ = try await lines.first(within: .seconds(10)) { $0.contains("connection lost") }
        try await stage.save("meanwhile", scene: 3, of: project)
        let again = try await DaemonProcess.start(
            ["--listen", "127.0.0.1:\(stage.daemon.port)"],
            database: stage.database.connectionString(as: .daemon))

        _ = try await lines.first(within: .seconds(40)) { $0.hasSuffix(" + scene 3: meanwhile") }
        _ = try await lines.first(within: .seconds(10)) { $0.contains(" live: 1 image ") }
        try await stage.write("DELETE FROM content_creation_requests WHERE id = $1::uuid", project)
        _ = try await lines.first(within: .seconds(10)) { $0.hasSuffix("the project was deleted") }
        #expect(await child.waitForExit() == 1)
        again.kill()
    }

    @Test func `it comes again when it is told to, with the last id and its token`() async throws {
        let server = try ScriptedServer()
        let (child, lines) = try await watch(
            Self.id, port: server.port, path: "/behind/",
            environment: ["SCENESYNC_TOKEN": "a.b-c"])

        let first = try await server.answer(
            ScriptedServer.stream(
                """
                retry: 50

                event: snapshot
                id: r1
                data: {"project": {"id": "p", "generated_output": {"scenes": [{}]}}, "revision": "r1"}

                event: ready
                id: r1
                data: {"project_id": "p", "revision": "r1"}

                event: scene
                data: {"revision": null, "sc
                """))
        let second = try await server.answer(ScriptedServer.refusal("503 Service Unavailable", "not yet"))
        let third = try await server.answer(
            ScriptedServer.stream(
                """
                event: scene
                id: r2
                data: {"revision": "r2", "scene_index": 1, "positions": [0], "imageUrls": ["a\\u001b[2J"]}


                """))
        let fourth = try await server.answer(ScriptedServer.refusal("401 Unauthorized", "expired"))

        #expect(first.hasPrefix("GET /behind/v1/projects/\(Self.id)/events HTTP/1.1\r\n"), "\(first)")
        #expect(!first.contains("Last-Event-ID"))
        for head in [first, second, third, fourth] { #expect(head.contains("\r\nAuthorization: Bearer a.b-c\r\n")) }
        #expect(second.contains("\r\nLast-Event-ID: r1\r\n"))
        #expect(third.contains("\r\nLast-Event-ID: r1\r\n"))
        #expect(fourth.contains("\r\nLast-Event-ID: r2\r\n"))
        #expect(await child.waitForExit() == 1)
        #expect(lines.all.contains { $0.hasSuffix(" + scene 1: a [2J") }, "\(lines.all)")
        #expect(lines.all.contains { $0.hasSuffix("the daemon ended the stream; again in 0 s") }, "\(lines.all)")
    }

    @Test(arguments: [
        ("404 Not Found", "no such project"), ("401 Unauthorized", "token"), ("400 Bad Request", "because"),
        ("503 Service Unavailable", "because"),
    ])
    func `a refusal at the start ends it with one line`(status: String, words: String) async throws {
        let server = try ScriptedServer()
        async let answer = server.answer(ScriptedServer.refusal(status, "because"))
        let run = try await Command.run(
            ["watch", Self.id], environment: ["SCENESYNC_URL": "http://127.0.0.1:\(server.port)"])
        _ = try await answer

        #expect(run.status == 1)
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(run.errors.contains(words), "\(run)")
        #expect(run.output.isEmpty)
    }

    @Test func `a daemon that is not there is exit 1, and named`() async throws {
        let run = try await Command.run(["watch", Self.id, "--url", "http://127.0.0.1:1"])

        #expect(run.status == 1)
        #expect(run.errors.contains("http://127.0.0.1:1") && run.errors.contains("scenesync serve"), "\(run)")
        #expect(run.errors.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        ["watch"], ["watch", "x"], ["watch", id, "--url", "ftp://x"], ["watch", id, "--url", "http://:80"],
        ["watch", id, "--url", "127.0.0.1:8787"], ["watch", id, "--url", "http://x/ y"],
    ])
    func `a bad argument is exit 64`(words: [String]) async throws {
        let run = try await Command.run(words)

        #expect(run.status == 64, "\(run)")
    }

    @Test(arguments: [["watch", id], ["verify"]])
    func `a token that is none is exit 78, and is not shown`(command: [String]) async throws {
        let run = try await Command.run(command + ["--token", "a\nb"])

        #expect(run.status == 78, "\(run)")
        #expect(!run.errors.contains("a\nb"))
    }

    @Test func `a bad setting is exit 78`() async throws {
        let url = try await Command.run(["watch", Self.id], environment: ["SCENESYNC_URL": "x"])

        #expect(url.status == 78)
    }
}
