import Testing

/// What `deploy/` holds, as far as it can be checked without a machine to deploy it on.
@Suite(.timeLimit(.minutes(2)))
struct DeployFilesTests {
    @Test func `systemd takes the unit as it is, and finds the service well locked up`() async throws {
        let folder = try TemporaryFolder()
        let verified = try await Program.sh(
            """
            sed 's|^ExecStart=/usr/bin/scenesync|ExecStart=\(Command.binary)|' deploy/systemd/scenesync.service \
                >\(folder.path)/scenesync.service && systemd-analyze verify --man=no \(folder.path)/scenesync.service
            """)
        // In tenths: 0 is locked up altogether, 100 is open.
        let security = try await Program.sh(
            "systemd-analyze security --offline=true --threshold=20 deploy/systemd/scenesync.service")

        #expect(verified.status == 0)
        #expect(verified.text == "")
        #expect(security.status == 0, "\(security.text)")
    }

    @Test func `the service tells systemd that it lives, and has the time to end`() async throws {
        let unit = try ProxyProcess.deployed("systemd/scenesync.service").split(separator: "\n")
        func seconds(_ setting: String) -> Int? {
            unit.first { $0.hasPrefix("\(setting)=") }.flatMap { Int($0.dropFirst(setting.count + 1)) }
        }

        #expect(unit.contains("Type=notify") && unit.contains("NotifyAccess=main"))
        // While the database is away one attempt after the other feeds it, and each may last for ten seconds.
        #expect(try #require(seconds("WatchdogSec")) >= 30)
        // After 20 seconds without a database it counts as started; G5 gives it 10 to end in.
        #expect(try #require(seconds("TimeoutStartSec")) > 20 && #require(seconds("TimeoutStopSec")) > 10)
    }

    @Test func `the container is nobody's, and is asked how it is`() async throws {
        let last = try #require(
            try ProxyProcess.deployed("container/Dockerfile").split(separator: "\nFROM ").last?.split(separator: "\n"))

        #expect(last.contains { $0.hasPrefix("USER ") && !$0.contains(" 0") && !$0.contains("root") })
        #expect(last.contains { $0.hasPrefix("HEALTHCHECK ") && $0.hasSuffix(#"CMD ["scenesync", "health"]"#) })
    }

    @Test func `the service's settings are settings, and a shell reads them as systemd does`() async throws {
        let serve = try await Command.run(["serve", "--help"])
        let names = try await Program.sh(
            "sed -n 's/^#\\{0,1\\}\\(SCENESYNC_[A-Z_]*\\)=.*/\\1/p' deploy/systemd/scenesync.env")
        let read = try await Program.sh(". deploy/systemd/scenesync.env && echo $SCENESYNC_DATABASE_URL")

        #expect(names.text.split(separator: "\n").count >= 5)
        for name in names.text.split(separator: "\n") {
            let flag = "--" + name.dropFirst("SCENESYNC_".count).lowercased().replacing("_", with: "-")
            #expect(serve.output.contains("\(flag) "), "\(flag)")
        }
        #expect(read.text == "postgresql:///app?host=/var/run/postgresql&user=scenesync\n")
    }

    @Test func `the manifests are Kubernetes', fit together, and fit the daemon`() async throws {
        let schemas = try await Program.sh(
            ".venv/bin/kubernetes-validate --strict --quiet deploy/kubernetes/*.yaml")
        let sense = try await Program.sh(
            ".venv/bin/python Tests/Deploy/manifests_test.py \(Command.binary) deploy/kubernetes/*.yaml")

        #expect(schemas.status == 0, "\(schemas.text)")
        #expect(sense.status == 0, "\(sense.text)")
    }

    @Test func `the container's file is one that its linter has nothing against`() async throws {
        let lint = try await Program.sh(".venv/bin/hadolint deploy/container/Dockerfile")

        #expect(lint.status == 0, "\(lint.text)")
    }

    @Test func `the manual page names each command`() async throws {
        let help = try await Command.run(["--help"])
        let commands =
            help.output.split(separator: "SUBCOMMANDS:").last?.split(separator: "\n")
            .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }.compactMap { $0.split(separator: " ").first }.filter
        { $0.first?.isLowercase == true } ?? []
        let page = try ProxyProcess.deployed("debian/scenesync.1")

        #expect(commands.count >= 8)
        for command in commands { #expect(page.contains(".B \(command)\n"), "\(command)") }
    }
}
