import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// A storm, and a fault after the other in it. `SCENESYNC_CHAOS_MINUTES` makes it the long form; `…_SEED` and `…_FAULTS`
/// choose, `…_PAGE` keeps the scoreboard.
@Suite(.timeLimit(.minutes(ChaosSettings.current.timeLimit_minutes)))
struct ChaosTests {
    private static let marks = ("<!-- scoreboard -->\n", "<!-- end of scoreboard -->")

    @Test func `whatever befalls the daemon, nobody loses a picture or is told that he is live when he is not`()
        async throws
    {
        let settings = ChaosSettings.current
        // The writer of the log takes its time, so that a crash loses something.
        let server = try await Server.start(settings: [
            "deadlock_timeout": "100ms", "max_connections": "120", "wal_writer_delay": "10s",
        ])
        try await Database.with(.sceneSync, on: server) { database in
            try await StormSchema.create(in: database)
            try await wantPassword(on: server)
            let proxies = [try Proxy(to: server.port), try Proxy(to: 1)]
            let preload = try await Preload.build()
            let daemon = try await DaemonProcess.start(
                [
                    "--cache-bytes", String(settings.storm.cache_bytes), "--heartbeat", "1",
                    "--busy-above", String(settings.storm.busyAbove), "--audit-interval", "1",
                ],
                database: """
                    host=127.0.0.1,127.0.0.1 port=\(proxies[0].port),\(proxies[1].port) user=\(Role.daemon.rawValue) \
                    dbname=\(database.name) password='\(ChaosStage.password)'
                    """, environment: preload?.environment ?? [:])
            try await daemon.logLine(containing: "live: ", within: .seconds(20))
            let storm = Storm([daemon], database, settings.storm)
            let stage = ChaosStage(settings, storm: storm, daemon: daemon, proxies: proxies, preload: preload)
            var run = ChaosRun(stage)

            try await storm.run { await run.run(faults(settings)) }

            print("chaos with seed \(settings.storm.seed): \(storm.world.counts.text)\n\(run.board.text)")
            for finding in storm.world.findings.all { Issue.record("\(finding)") }
            if !storm.world.findings.isEmpty { print(daemon.log.suffix(60).joined(separator: "\n")) }
            if let page = settings.page { try keep(run.board, in: page) }
            #expect(await daemon.stop() == 0)
        }
    }

    private func faults(_ settings: ChaosSettings) -> [Fault] {
        let faults = settings.isLong || !settings.faults.isEmpty ? Fault.all(settings) : Fault.few(settings)
        guard !settings.faults.isEmpty else { return faults }
        return faults.filter { fault in settings.faults.contains { fault.name.contains($0) } }
    }

    /// The daemon has to say who it is; the others are trusted as ever.
    private func wantPassword(on server: Server) async throws {
        let file = URL(filePath: "\(server.folder)/data/pg_hba.conf")
        let rules = try String(contentsOf: file, encoding: .utf8)
        let rule = "host all \(Role.daemon.rawValue) 127.0.0.1/32 scram-sha-256\n"
        try Data((rule + rules).utf8).write(to: file)
        let admin = try await server.open()
        try await admin.query("ALTER ROLE \(Role.daemon.rawValue) PASSWORD '\(ChaosStage.password)'")
        try await admin.query("SELECT pg_reload_conf()")
        await admin.close()
    }

    private func keep(_ board: Scoreboard, in page: String) throws {
        let file = URL(filePath: page)
        let text = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(text.firstRange(of: Self.marks.0)).upperBound
        let end = try #require(text.firstRange(of: Self.marks.1)).lowerBound
        let whole = text[..<begin] + board.markdown + "\n" + text[end...]
        try Data(whole.utf8).write(to: file)
    }
}
