import Postgres
import PostgresTestSupport
import Testing

/// The proxies as `deploy/` configures them.
@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct ProxyTests {
    @Test(arguments: ProxyProcess.Kind.allCases)
    func `each event comes through at once, and a silent stream is held open`(kind: ProxyProcess.Kind) async throws {
        let stage = try await Stage.start(["--heartbeat", "1"])
        let proxy = try await ProxyProcess.start(kind, of: [stage.daemon.port])
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: proxy.port)
        try await viewer.read(through: "ready", within: .seconds(2))
        let joint = try await EventStream.open(port: proxy.port, "/v1/events?project=\(project)")
        _ = try await joint.events(through: "ready", within: .seconds(2))

        var slowest = Duration.zero
        for number in 0..<20 {
            let begin = ContinuousClock.now
            try await stage.save("u\(number)", scene: 1, place: number, of: project)
            #expect(try await viewer.next(within: .seconds(2)).event == "scene")
            #expect(try await joint.next(within: .seconds(2))?.event == "scene")
            slowest = max(slowest, ContinuousClock.now - begin)
        }
        try await viewer.stream.waitForComments(3)
        let read = try await HTTPClient(port: proxy.port).get("/v1/projects/\(project)")

        #expect(slowest < .seconds(1), "what is held back comes with the next, or with a heartbeat")
        #expect(viewer.mirror.generatedOutput == (try await stage.expected(project)))
        #expect(read.generatedOutput(of: project) == (try await stage.expected(project)))
        #expect(read["Cache-Status"] == "scenesync; hit")
    }

    @Test(arguments: ProxyProcess.Kind.allCases)
    func `a project has one daemon`(kind: ProxyProcess.Kind) async throws {
        let one = try await Stage.start()
        let two = try await Stage.start(on: one.database)
        let proxy = try await ProxyProcess.start(kind, of: [one.daemon.port, two.daemon.port])
        let client = HTTPClient(port: proxy.port)
        var projects: [String] = []
        for _ in 0..<16 { projects.append(try await one.insertProject()) }

        for project in projects {
            for target in ["", "/scenes", "/generations", "/events"] {
                if target == "/events" {
                    let stream = try await EventStream.open(port: proxy.port, "/v1/projects/\(project)/events")
                    _ = try await stream.events(through: "ready")
                } else {
                    #expect(try await client.get("/v1/projects/\(project)\(target)").status == 200)
                }
            }
        }

        let held = [
            try await one.metric("scenesync_cache_projects"), try await two.metric("scenesync_cache_projects"),
        ]
        #expect(held.reduce(0, +) == 16, "\(held)")
        #expect(held.allSatisfy { $0 > 0 }, "\(held)")
        #expect(try await client.get("/healthz").status == 200)
    }

    @Test(arguments: ProxyProcess.Kind.allCases)
    func `what is for operators is had from the daemon alone`(kind: ProxyProcess.Kind) async throws {
        let stage = try await Stage.start()
        let proxy = try await ProxyProcess.start(kind, of: [stage.daemon.port])
        let project = try await stage.insertProject()
        try await stage.save("u", scene: 1, of: project)
        let explain = "/v1/explain?project=\(project)&scene_index=1&image_index=0"

        for target in ["/metrics", "/v1/monitor", "/v1/monitor?window=hour", "/v1/%6Donitor", explain] {
            #expect(try await HTTPClient(port: proxy.port).get(target).status == 404, "\(target)")
        }
        for target in ["/metrics", "/v1/monitor", explain] {
            #expect(try await stage.daemon.client().get(target).status == 200, "\(target)")
        }
        #expect(try await HTTPClient(port: proxy.port).get("/v1/monitor/events").status == 404)
        _ = try await EventStream.open(port: stage.daemon.port, "/v1/monitor/events").next()
    }

    @Test(arguments: ProxyProcess.Kind.allCases)
    func `while no daemon is there, a stream is told to come back, and a read is refused`(
        kind: ProxyProcess.Kind
    ) async throws {
        let stage = try await Stage.start()
        let proxy = try await ProxyProcess.start(kind, of: [stage.daemon.port])
        let project = try await stage.insertProject()
        #expect(await stage.daemon.stop() == 0)

        let client = HTTPClient(port: proxy.port)
        let streams = [
            try await client.get("/v1/projects/\(project)/events"),
            try await client.get("/v1/events?project=\(project)"),
        ]
        let read = try await client.get("/v1/projects/\(project)")

        for stream in streams {
            #expect(stream.status == 200)
            #expect(stream["Content-Type"] == "text/event-stream")
            #expect(stream.text == "retry: 3000\n\n")
        }
        #expect(read.status == 502)
    }

    @Test func `the site with TLS is as nginx wants it`() async throws {
        let certificate = try await Certificate.make()
        let site = try ProxyProcess.deployed("nginx/site.conf")
            .replacing(
                "include \(Program.repository)/deploy/nginx/locations.conf;",
                with: try ProxyProcess.deployed("nginx/locations.conf")
            )
            .replacing("/etc/ssl/app.example/fullchain.pem", with: certificate.certificatePath)
            .replacing("/etc/ssl/app.example/privkey.pem", with: certificate.keyPath)
        let settings = try certificate.folder.write(
            """
            pid \(certificate.folder.path)/pid;
            error_log stderr;
            events {}
            http {
                access_log off;
                \(try ProxyProcess.deployed("nginx/upstream.conf"))
                \(site)
            }
            """, to: "nginx.conf")

        let check = try await Program.sh("/usr/sbin/nginx -t -p \(certificate.folder.path) -e stderr -c \(settings)")

        #expect(check.status == 0, "\(check.text)")
        #expect(!check.text.contains("[warn]"), "\(check.text)")
    }
}
