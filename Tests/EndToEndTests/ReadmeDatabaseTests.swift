import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// The README's way to a database of one's own, word for word: its names, so a server of its own.
@Suite(.timeLimit(.minutes(2)))
struct ReadmeDatabaseTests {
    @Test func `its commands bring a database up to date and serve it`() async throws {
        let server = try await Server.start()
        let admin = try await server.open()
        try await admin.query("CREATE ROLE app LOGIN CREATEROLE")
        try await admin.query("CREATE DATABASE app OWNER app")
        let app = try await Session.open(
            ConnectionSettings("host=127.0.0.1 port=\(server.port) dbname=app user=app"), on: server.loop)
        try await app.query("CREATE TABLE content_creation_requests (id uuid PRIMARY KEY, generated_output jsonb)")
        let project = "11111111-1111-4111-8111-111111111111"
        try await app.query(
            "INSERT INTO content_creation_requests VALUES ($1::uuid, '{\"scenes\": [{\"index\": 1}]}')", [project])
        let lines = try block(containing: "scenesync migrate").split(separator: "\n")
        let serve = try #require(lines.last)
        #expect(lines.first == "make build")

        // The port of this server instead of PostgreSQL's own, the tests' binary instead of the released one.
        let folder = try TemporaryFolder()
        let place = "export PGPORT=\(server.port) SCENESYNC_LISTEN=127.0.0.1:0\ncd \(folder.path)\n"
        let link = try await Program.sh(
            "mkdir -p \(folder.path)/.build/release && ln -s \(Command.binary) \(folder.path)/.build/release/scenesync")
        let migrate = try folder.write(
            "set -e\n\(place)\(lines.dropFirst().dropLast().joined(separator: "\n"))\n", to: "migrate.sh")
        let migrated = try await Program.sh("sh \(migrate)")
        let script = try folder.write("\(place)exec env \(serve)\n", to: "serve.sh")
        let daemon = try await DaemonProcess.start([script], binary: "/bin/sh")
        try await daemon.logLine(containing: "live: ")
        var viewer = try await Viewer.open(project, at: daemon.port)
        try await viewer.read(through: "ready")
        try await app.query(
            "INSERT INTO generated_images (content_creation_request_id, scene_index, image_url) VALUES ($1::uuid, 1, 'a')",
            [project])

        #expect(link.status == 0)
        #expect(migrated.status == 0, "\(migrated.text)")
        #expect(try await viewer.next().event == "scene")
        #expect(await daemon.stop() == 0)
    }

    @Test func `its way to tokens asks for them, and lets the daemon act as a role`() async throws {
        let server = try await Server.start()
        try await Database.with(.sceneSync, on: server) { database in
            let admin = try await database.open(as: .superuser)
            try await admin.query("CREATE ROLE authenticated")
            let folder = try TemporaryFolder()
            let link = try await Program.sh(
                "mkdir -p \(folder.path)/.build/release && ln -s \(Command.binary) \(folder.path)/.build/release/scenesync"
            )
            let place = "cd \(folder.path)\nexport DATABASE_URL='\(database.connectionString(as: .superuser))'\n"
            let migrate = try block(containing: "--rls-role")
            let serve = try block(containing: "--auth jwt").replacing("0.0.0.0:8787", with: "0.0.0.0:0")
                .replacing(".build/release", with: "exec .build/release")
            let migrated = try await Program.sh("sh \(try folder.write("\(place)\(migrate)", to: "migrate.sh"))")
            let daemon = try await DaemonProcess.start(
                [try folder.write("set -e\n\(place)\(serve)", to: "serve.sh")], binary: "/bin/sh")
            let members = try await admin.query(
                "SELECT pg_has_role('scenesync', 'authenticated', 'MEMBER'), pg_has_role('scenesync', 'authenticated', 'USAGE')"
            )

            #expect(link.status == 0)
            #expect(migrated.status == 0, "\(migrated.text)")
            #expect(members.bool(0, 0) == true && members.bool(0, 1) == false)
            #expect(try await daemon.client().get("/healthz").status == 200)
            #expect(try await daemon.client().get("/v1/monitor").status == 401)
            #expect(await daemon.stop() == 0)
        }
    }

    @Test func `its way to TLS serves with a certificate, and reads it again`() async throws {
        let certificate = try await Certificate.make()
        let folder = certificate.folder.path
        let link = try await Program.sh(
            "cd \(folder) && mkdir -p .build/release && ln -s \(Command.binary) .build/release/scenesync && ln -s cert.pem chain.pem"
        )
        let lines = try block(containing: "--tls-cert").split(separator: "\n").map(String.init)
        let serve = try #require(lines.first).replacing("0.0.0.0:443", with: "0.0.0.0:0")
        let place =
            "cd \(folder)\nexport SCENESYNC_JWT_SECRET='\(Tokens.secret)' DATABASE_URL='host=127.0.0.1 port=1'\n"
        let daemon = try await DaemonProcess.start(
            [try certificate.folder.write("\(place)exec \(serve)\n", to: "serve.sh")], binary: "/bin/sh")

        try await certificate.renew()
        let hangUp = try #require(lines.last).replacing("$(pgrep -x scenesync)", with: "\(daemon.pid)")
        let signalled = try await Program.sh(hangUp)
        try await daemon.logLine(containing: "sighup: new connections")
        let answer = try await Program.sh(
            "curl -sS --cacert '\(certificate.certificatePath)' https://localhost:\(daemon.port)/healthz 2>&1")

        #expect(link.status == 0 && signalled.status == 0, "\(link.text) \(signalled.text)")
        #expect(lines.count == 2)
        #expect(answer.text.contains("alive"), "\(answer.text)")
        #expect(await daemon.stop() == 0)
    }

    @Test func `every line of shell in it is tried by a test`() throws {
        let known = [
            "make run", "make build", "make test", "make bench-writers", "make dist", "export DATABASE_URL=",
            "DATABASE_URL=",
            "export SCENESYNC_JWT_SECRET=",
            ".build/release/scenesync", "kill -HUP ", "curl ",
        ]

        for line in try blocks().flatMap({ $0.split(separator: "\n") }) {
            #expect(known.contains { line.hasPrefix($0) }, "\(line)")
        }
    }

    @Test func `its make commands would run`() async throws {
        for line in try blocks().flatMap({ $0.split(separator: "\n") }) where line.hasPrefix("make ") {
            let dry = try await Program.sh("make --dry-run \(line.dropFirst(5))")
            #expect(dry.status == 0, "\(dry.text)")
        }
        let run = try await Program.sh("make --dry-run run")
        #expect(run.text.contains("scenesync demo"))
    }

    private func blocks() throws -> [Substring] {
        let text = try String(contentsOf: URL(filePath: Program.repository + "/README.md"), encoding: .utf8)
        return text.split(separator: "```").filter { $0.hasPrefix("sh\n") }.map { $0.dropFirst(3) }
    }

    private func block(containing text: String) throws -> Substring {
        try #require(try blocks().first { $0.contains(text) })
    }
}
