import Postgres
import PostgresTestSupport
import Testing

/// Everything at once: writers, readers, streams, lost connections; and every now and then the question whether all of
/// them have the same. `SCENESYNC_STORM_TRANSACTIONS`, or `…_MINUTES`, and `SCENESYNC_STORM_SEED` choose another storm.
@Suite(.timeLimit(.minutes(StormSettings.current.timeLimit_minutes)))
struct StormTests {
    @Test func `everybody has what the database has, whatever happens meanwhile`() async throws {
        let settings = StormSettings.current
        let server = try await Server.start(settings: ["deadlock_timeout": "100ms", "max_connections": "120"])
        let template = settings.seed.isMultiple(of: 2) ? Template.sceneSyncWithRowSecurity : Template.sceneSync
        try await Database.with(template, on: server) { database in
            try await StormSchema.create(in: database)
            var daemons: [DaemonProcess] = []
            for _ in 0..<2 {
                daemons.append(
                    try await DaemonProcess.start(
                        [
                            "--cache-bytes", String(settings.cache_bytes), "--heartbeat", "1",
                            "--busy-above", String(settings.busyAbove), "--log-level", "debug",
                            "--audit-interval", "0.05",
                        ],
                        database: database.connectionString(as: .daemon)))
            }
            let storm = Storm(daemons, database)

            try await storm.run()

            print(try await storm.report())
            for finding in storm.world.findings.all { Issue.record("\(finding)") }
            for divergence in try await storm.divergences() { Issue.record("false alarm: \(divergence)") }
            for growth in storm.trends.flatMap(\.growths) { Issue.record("not flat: \(growth)") }
            for missing in try await storm.missing() { Issue.record("the storm never met: \(missing)") }
            for daemon in daemons { #expect(await daemon.stop() == 0) }
        }
    }
}
