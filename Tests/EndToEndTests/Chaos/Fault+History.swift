import Postgres
import PostgresTestSupport
import Testing

/// What befalls the database's past: it loses commits, becomes an older one, or goes on elsewhere.
extension Fault {
    /// Transactions that were notified, seen and acknowledged are gone, and their xids are handed out again.
    static func crashWithoutCommits(_ settings: ChaosSettings) -> Fault {
        Fault(
            name: "crash, synchronous_commit = off",
            begin: { stage in
                try await setDatabase("SET synchronous_commit = off", on: stage)
                try await Task.sleep(for: settings.lasting(.seconds(1), .seconds(4)))
                try await stage.rewind {
                    for number in 1...5 {
                        if try await crash(losing: "doomed/\(stage.world.counts[.commits])/\(number)", on: stage) {
                            return
                        }
                    }
                    throw ChaosError.notSo("nothing was lost")
                }
            }, heal: { try await setDatabase("RESET synchronous_commit", on: $0) })
    }

    /// Returns whether the image, which the daemon has shown, is gone: somebody else's flush may have kept it.
    private static func crash(losing url: String, on stage: ChaosStage) async throws -> Bool {
        let client = stage.daemon.client()
        try await eventually("the daemon is ready", within: .seconds(15)) {
            try await client.get("/readyz").status == 200
        }
        let project = stage.world.sharedProjects[0].id
        let target = "/v1/projects/\(project)"
        let before = try await client.get(target).text
        try await save(url, into: project, on: stage)
        while try await client.get(target).text == before { try await Task.sleep(for: .milliseconds(5)) }
        stage.noteStrike()
        try await stage.server.restart(.immediate)
        return try await !has(url, on: stage)
    }

    /// As from a backup: behind the same address, with xids and sequences that go back.
    static func restoredOlder(_ settings: ChaosSettings) -> Fault {
        Fault(name: "an older cluster restored") { stage in
            let folder = stage.server.folder
            try await stage.storm.audit.run(admittingOpenTransactions: false) {
                try await stage.server.stop(.fast)
                try await stage.run("cp -a '\(folder)/data' '\(folder)/older'")
                try await stage.server.start()
            }
            try await Task.sleep(for: settings.lasting(.seconds(2), .seconds(8)))
            try await stage.rewind {
                stage.noteStrike()
                try await stage.server.stop(.immediate)
                try await stage.run("rm -rf '\(folder)/data' && mv '\(folder)/older' '\(folder)/data'")
                try await stage.server.start()
            }
        }
    }

    /// The primary is gone for good; a standby that has every commit takes over, behind the other address.
    static func failover(_ settings: ChaosSettings) -> Fault {
        let standby = Standby()
        return Fault(
            name: "failover to a standby", span: settings.lasting(.seconds(1), .seconds(4)), grace: .seconds(15),
            isNoticed: true,
            begin: { stage in
                let server = try await stage.server.startStandby()
                try await stage.asSuperuser { session in
                    try await session.query("ALTER SYSTEM SET synchronous_standby_names = '*'")
                    try await session.query("SELECT pg_reload_conf()")
                    while try await session.query("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'")
                        .count == 0
                    {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
                stage.otherProxy.lead(to: server.port)
                standby.keep(server)
                try await Task.sleep(for: .seconds(1))
                stage.noteStrike()
                stage.proxy.leave()
                try await stage.server.stop(.immediate)
            },
            heal: { stage in
                guard let server = standby.take() else { throw ChaosError.notSo("there is no standby") }
                var settings = ConnectionSettings(server.connectionString())
                settings.wantsPrimary = false
                let session = try await Session.open(settings, on: server.loop)
                try await session.query("SELECT pg_promote()")
                await session.close()
                stage.move(to: server)
            })
    }

    private static func setDatabase(_ setting: String, on stage: ChaosStage) async throws {
        try await stage.asSuperuser { session in
            try await session.query("ALTER DATABASE \(stage.database.name) \(setting)")
            // Who is there already would not hear of it.
            try await session.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", [Role.writer.rawValue])
        }
    }

    private static func save(_ url: String, into project: String, on stage: ChaosStage) async throws {
        let writer = try await stage.database.open(as: .writer)
        try await writer.query(
            "INSERT INTO content_creation_requests (id, generated_output) VALUES ($1::uuid, '{}') ON CONFLICT DO NOTHING",
            [project])
        try await writer.query(
            """
            UPDATE content_creation_requests SET generated_output = jsonb_build_object('title', $2::text)
            WHERE id = $1::uuid
            """, [project, url])
        await writer.close()
    }

    private static func has(_ url: String, on stage: ChaosStage) async throws -> Bool {
        try await stage.asSuperuser { session in
            try await session.query(
                "SELECT 1 FROM content_creation_requests WHERE generated_output ->> 'title' = $1", [url]
            ).count > 0
        }
    }
}
