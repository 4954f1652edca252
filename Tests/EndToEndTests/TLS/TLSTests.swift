import Glibc
import Postgres
import PostgresTestSupport
import Testing

@Suite(.database(.sceneSync), .timeLimit(.minutes(3)))
struct TLSTests {
    private func start(_ certificate: Certificate, _ flags: [String] = []) async throws -> DaemonProcess {
        let database = try Database.current
        return try await DaemonProcess.start(
            certificate.flags + flags, database: database.connectionString(as: .daemon))
    }

    private func curl(_ daemon: DaemonProcess, _ certificatePath: String, _ flags: String = "") async throws -> Program
    {
        try await Program.sh(
            """
            curl -sS --max-time 10 --cacert '\(certificatePath)' \(flags) -w ' HTTP/%{http_version}' \
                'https://localhost:\(daemon.port)/healthz' 2>&1
            """)
    }

    @Test(
        arguments: [("", "HTTP/2"), ("--http1.1", "HTTP/1.1"), ("--http2", "HTTP/2"), ("--no-alpn", "HTTP/1.1")],
        ["", "--tls-max 1.2"])
    func `the client chooses what is spoken`(_ choice: (flags: String, version: String), _ more: String) async throws {
        let certificate = try await Certificate.make()
        let daemon = try await start(certificate)

        let answer = try await curl(daemon, certificate.certificatePath, "\(choice.flags) \(more)")

        #expect(answer.text.contains("alive"))
        #expect(answer.text.hasSuffix(choice.version), "\(answer.text)")
        #expect(daemon.log.contains { $0.contains("address=https://127.0.0.1:") })
    }

    @Test(
        arguments: [
            ("h2,http/1.1", "h2"), ("http/1.1,h2", "h2"), ("http/1.1", "http/1.1"), ("h2", "h2"), ("spdy/3", nil),
        ] as [(String, String?)])
    func `both versions are agreed on in the handshake`(offer: String, agreed: String?) async throws {
        let certificate = try await Certificate.make()
        let daemon = try await start(certificate)

        let told = try await Program.sh(
            "openssl s_client -connect 127.0.0.1:\(daemon.port) -alpn '\(offer)' < /dev/null 2>&1 | grep -a ALPN")

        #expect(told.text == (agreed.map { "ALPN protocol: \($0)" } ?? "No ALPN negotiated") + "\n")
    }

    @Test func `who does not trust the certificate, or speaks an old TLS or none, gets nothing`() async throws {
        let certificate = try await Certificate.make()
        let other = try await Certificate.make()
        let daemon = try await start(certificate, ["--header-timeout", "1"])

        let untrusting = try await curl(daemon, other.certificatePath)
        let old = try await curl(daemon, certificate.certificatePath, "--tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0")
        let plain = try await HTTPConnection.open(port: daemon.port)
        try await plain.send(HTTPClient.bytes("GET", "/healthz", [:], nil))
        let bytes = try await plain.read(until: .now + .seconds(8))
        let silent = try await HTTPConnection.open(port: daemon.port)
        let nothing = try await silent.read(until: .now + .seconds(8))

        #expect(untrusting.status != 0 && old.status != 0)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("HTTP/1.1"))
        #expect(nothing.isEmpty)
        #expect(try await curl(daemon, certificate.certificatePath).text.contains("alive"))
    }

    @Test func `SIGHUP has new connections shown the new certificate, and leaves the others alone`() async throws {
        let certificate = try await Certificate.make()
        let daemon = try await start(certificate)
        let old = "\(certificate.folder.path)/old.pem"
        _ = try await Program.sh("cp '\(certificate.certificatePath)' '\(old)'")
        let open = try await HTTP2Client.open(port: daemon.port, trusting: old)
        _ = try await open.open("/healthz").read()

        try await certificate.renew()
        let before = try await curl(daemon, old)
        daemon.signal(SIGHUP)
        try await daemon.logLine(containing: "sighup: new connections")
        let after = try await curl(daemon, certificate.certificatePath)
        let mistaken = try await curl(daemon, old)
        let still = try await open.open("/healthz").read()

        #expect(before.text.contains("alive") && after.text.contains("alive") && still.contains("alive"))
        #expect(mistaken.status != 0)
    }

    @Test func `a certificate that cannot be used changes nothing`() async throws {
        let certificate = try await Certificate.make()
        let other = try await Certificate.make()
        let daemon = try await start(certificate)
        let good = "\(certificate.folder.path)/good.pem"
        _ = try await Program.sh("cp '\(certificate.certificatePath)' '\(good)'")

        for bad in [
            "rm '\(certificate.keyPath)'", "cp '\(other.keyPath)' '\(certificate.keyPath)'",
            "echo x > '\(certificate.certificatePath)'",
        ] {
            let lines = daemon.log.count { $0.contains("everything stays as it was") }
            _ = try await Program.sh(bad)
            daemon.signal(SIGHUP)
            try await eventually("it is told") {
                daemon.log.count { $0.contains("everything stays as it was") } == lines + 1
            }
            #expect(try await curl(daemon, good).text.contains("alive"), "\(bad)")
        }
        #expect(daemon.exitStatus == nil)
    }

    @Test func `its health can be asked, where the daemon's settings are known or by a flag`() async throws {
        let certificate = try await Certificate.make()
        let stage = try await Stage.start(certificate.flags)
        let address = "127.0.0.1:\(stage.daemon.port)"

        let known = try await Command.run(
            ["health", "--listen", address], environment: ["SCENESYNC_TLS_CERT": certificate.certificatePath])
        let flagged = try await Command.run(["health", "--listen", address, "--tls"])
        let plain = try await Command.run(["health", "--listen", address])

        #expect(known.status == 0 && known.output.contains("ready"))
        #expect(flagged.status == 0)
        #expect(plain.status == 1)
    }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func `commands ask over TLS whom they can trust`(host: String) async throws {
        let certificate = try await Certificate.make()
        let stage = try await Stage.start(certificate.flags)
        let project = try await stage.insertProject()
        let url = "https://\(host):\(stage.daemon.port)"
        let environment = [
            "SSL_CERT_FILE": certificate.certificatePath, "DATABASE_URL": stage.database.connectionString(as: .writer),
        ]

        let verified = try await Command.run(["verify", "--url", url], environment: environment)
        let watcher = try await ChildProcess.start(
            [Command.binary, "watch", project, "--url", url], environment: environment)
        let lines = LogLines()
        lines.read(watcher.output)
        _ = try await lines.first(within: .seconds(20)) { $0.hasSuffix(" live: 0 images in 3 scenes") }

        #expect(verified.status == 0, "\(verified)")
    }

    @Test func `a command tells nothing to a daemon that it cannot trust`() async throws {
        let certificate = try await Certificate.make(for: "DNS:other.example")
        let stage = try await Stage.start(certificate.flags)
        let project = try await stage.insertProject()
        let url = "https://localhost:\(stage.daemon.port)"
        let database = stage.database.connectionString(as: .writer)

        for authority in ["", certificate.certificatePath] {
            for (command, status) in [(["verify"], 2), (["watch", project], 1)] as [([String], Int32)] {
                let run = try await Command.run(
                    command + ["--url", url], environment: ["SSL_CERT_FILE": authority, "DATABASE_URL": database])
                #expect(run.status == status, "\(run)")
                #expect((run.output + run.errors).contains("SSL_CERT_FILE"), "\(run)")
            }
        }
        #expect(try await stage.admin.query("SELECT FROM content_creation_requests").count == 1)
    }

    @Test func `SIGHUP without a certificate ends nothing`() async throws {
        let daemon = try await DaemonProcess.start(database: Database.current.connectionString(as: .daemon))

        daemon.signal(SIGHUP)
        try await daemon.logLine(containing: "sighup: ")

        #expect(try await daemon.client().get("/healthz").status == 200)
    }

    @Test func `what does not fit is one clear line and status 78`() async throws {
        let certificate = try await Certificate.make()
        let other = try await Certificate.make()
        let (cert, key) = (certificate.certificatePath, certificate.keyPath)

        for (flags, says) in [
            (["--tls-cert", cert], "--tls-key"), (["--tls-key", key], "--tls-cert"),
            (["--tls-cert", "/none", "--tls-key", key], "/none"),
            (["--tls-cert", cert, "--tls-key", "/none"], "/none"),
            (["--tls-cert", key, "--tls-key", key], key), (["--tls-cert", cert, "--tls-key", cert], cert),
            (["--tls-cert", cert, "--tls-key", other.keyPath], "does not fit"),
            (["--tls-cert", cert, "--tls-key", key, "--h2c"], "--h2c"),
        ] {
            let command = try await Command.run(["serve", "--listen", "127.0.0.1:0"] + flags)
            #expect(command.status == 78, "\(flags)")
            #expect(
                command.errors.contains(says) && command.errors.split(separator: "\n").count == 1, "\(command.errors)")
        }
    }

    @Test func `a stream over TLS is a stream`() async throws {
        let certificate = try await Certificate.make()
        let stage = try await Stage.start(certificate.flags)
        let project = try await stage.insertProject()
        let address = "https://localhost:\(stage.daemon.port)/v1/projects/\(project)/events"

        for version in ["--http1.1", "--http2"] {
            async let stream = Program.sh(
                "curl -sSN --max-time 3 --cacert '\(certificate.certificatePath)' \(version) '\(address)' 2>&1")
            try await eventually("it is open") { try await subscribers(stage, certificate) == 1 }
            try await stage.save("https://example.org/\(version).png", scene: 1, place: version.count, of: project)
            let text = try await stream.text

            #expect(text.contains("event: ready") && text.contains("example.org/\(version).png"), "\(text)")
        }
    }

    private func subscribers(_ stage: Stage, _ certificate: Certificate) async throws -> Int {
        let metrics = try await Program.sh(
            "curl -sS --cacert '\(certificate.certificatePath)' https://localhost:\(stage.daemon.port)/metrics | grep '^scenesync_subscribers '"
        )
        return Int(metrics.text.split(separator: " ").last?.filter(\.isNumber) ?? "") ?? -1
    }
}
