import Postgres
import PostgresTestSupport

/// Breaks the daemon's connections, one kind at a time or all, and folds the memories meanwhile.
struct StormNemesis {
    private static let targets: [(kind: StormCounts.Kind, queries: String)] = [
        (.listenersKilled, "LISTEN %"), (.canariesKilled, "%pg_notify%"), (.loadersKilled, "%scene_sync.load(%"),
        (.allKilled, "%"),
    ]

    /// Until the task is cancelled.
    static func run(in world: StormWorld) async {
        var random = world.random(3_000)
        while !Task.isCancelled {
            try? await Task.sleep(for: random.milliseconds(1_200...4_000))
            do {
                try await strike(random.pick(targets), world)
                if random.chance(0.3) { try await fold(world) }
            } catch {
                // The server is being restarted.
            }
        }
    }

    private static func strike(_ target: (kind: StormCounts.Kind, queries: String), _ world: StormWorld) async throws {
        let session = try await world.database.open(as: .superuser)
        let killed = try await session.query(
            """
            SELECT count(pg_terminate_backend(pid))
            FROM pg_stat_activity
            WHERE usename = $1 AND datname = current_database() AND application_name = 'scenesync' AND query LIKE $2
            """, [Role.daemon.rawValue, target.queries])
        await session.close()
        if killed.int64(0, 0) != 0 { world.counts.add(target.kind) }
    }

    private static func fold(_ world: StormWorld) async throws {
        let session = try await world.database.open(as: .daemon)
        try await session.query("SELECT scene_sync.fold_deletions(100)")
        await session.close()
        world.counts.add(.folds)
    }
}
