import Glibc
import Postgres
import PostgresTestSupport
import Testing

@Suite(.timeLimit(.minutes(3)))
struct DemoTests {
    private static let project = "11111111-1111-4111-8111-111111111111"

    private func start(in folder: TemporaryFolder) async throws -> DaemonProcess {
        let demo = try await DaemonProcess.start(
            ["demo", "--directory", folder.path + "/demo"], within: .seconds(60))
        try await demo.logLine(containing: "live: ", within: .seconds(20))
        return demo
    }

    /// The servers that run in the folder, or in the one that took its place (a root's demo may have to move).
    private func servers(of folder: TemporaryFolder) async throws -> String {
        let run = try await Program.sh("pgrep -f '[p]ostgres -D \(folder.path)/demo' || true")
        return run.text
    }

    @Test func `pictures arrive, an interrupt leaves nothing running, and it starts again`() async throws {
        let folder = try TemporaryFolder()

        for _ in 0..<2 {
            let demo = try await start(in: folder)
            let stream = try await EventStream.open(port: demo.port, "/v1/projects/\(Self.project)/events")
            var name: Substring?
            // A scene that is being generated again has none for a while.
            while name == nil {
                let scene = try #require(try await stream.nextEvent(named: "scene", within: .seconds(30)))
                name = scene.data.split(separator: "\"").first { $0.hasPrefix("/demo/pictures/") }
            }
            let picture = try await demo.client().get(String(try #require(name)))
            #expect(picture.status == 200)
            #expect(picture["Content-Type"] == "image/svg+xml")

            #expect(try await servers(of: folder) != "")

            demo.signal(SIGINT)
            #expect(await demo.waitForExit() == 0)
            #expect(try await servers(of: folder) == "")
        }
    }

    @Test func `a change that goes past a trigger is found within seconds, each time, and the page is there`()
        async throws
    {
        let folder = try TemporaryFolder()
        let demo = try await start(in: folder)
        let client = demo.client()
        let page = try await client.get("/")
        #expect(page.status == 200)
        #expect(page["Content-Type"]?.hasPrefix("text/html") == true)
        _ = try await client.get("/v1/projects/\(Self.project)")
        let line = try await demo.logLine(containing: "psql ")
        let app = try await Session.open(
            ConnectionSettings(line.split(separator: "\"").dropFirst().joined(separator: "\"")),
            on: PollLoop.start(name: "psql"))

        for place in 1...2 {
            try await app.query("BEGIN")
            try await app.query("ALTER TABLE generated_images DISABLE TRIGGER USER")
            // A scene that none of the demo's writers has.
            try await app.query(Stage.insertion, [Self.project, "77", "\(place)", "https://example.com/silent"])
            try await app.query("ALTER TABLE generated_images ENABLE TRIGGER USER")
            try await app.query("COMMIT")

            try await eventually("it is found", within: .seconds(8)) {
                try await client.get("/v1/monitor").json?["overall"]?["audit"]?["divergences"]?.int == place
            }
        }
        demo.signal(SIGINT)
        #expect(await demo.waitForExit() == 0)
    }

    @Test func `a demo that is killed leaves no server either`() async throws {
        let folder = try TemporaryFolder()
        let demo = try await start(in: folder)
        #expect(try await servers(of: folder) != "")

        demo.kill()
        _ = await demo.waitForExit()

        let end = ContinuousClock.now + .seconds(20)
        while try await servers(of: folder) != "", ContinuousClock.now < end {}
        #expect(try await servers(of: folder) == "")
    }
}
