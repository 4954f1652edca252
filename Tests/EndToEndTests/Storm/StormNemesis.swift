import Glibc
import Postgres
import PostgresTestSupport

/// Breaks the daemon's connections, one kind at a time or all, freezes it, and folds the memories meanwhile.
struct StormNemesis {
    /// The kinds are told apart by their last query; that of the listener is the check that all lead to one server.
    private static let targets: [(kind: StormCounts.Kind, queries: String)] = [
        (.listenersKilled, "%pg_postmaster_start_time%"), (.canariesKilled, "%pg_notify%"),
        (.loadersKilled, "%scene_sync.load(%"), (.allKilled, "%"),
    ]

    let world: StormWorld
    let daemon: DaemonProcess

    /// Until the task is cancelled.
    func run() async {
        var random = world.random(3_000)
        while !Task.isCancelled {
            try? await Task.sleep(for: random.milliseconds(1_500...4_500))
            do {
                if random.chance(0.25) {
                    // From a hitch to more than a canary's patience.
                    await freeze(for: random.milliseconds(random.chance(0.7) ? 50...400 : 1_500...3_000))
                } else {
                    try await strike(random.pick(Self.targets))
                }
                if random.chance(0.3) { try await fold() }
            } catch {
                // The server is being restarted.
            }
        }
    }

    private func strike(_ target: (kind: StormCounts.Kind, queries: String)) async throws {
        let session = try await world.database.open(as: .superuser)
        let killed = try await session.query(
            """
            SELECT count(pg_terminate_backend(pid))
            FROM pg_stat_activity
            WHERE usename = $1 AND datname = current_database() AND application_name = 'scenesync' AND query LIKE $2
            """, [Role.daemon.rawValue, target.queries])
        world.noteStrike()
        await session.close()
        if killed.int64(0, 0) != 0 { world.counts.add(target.kind) }
    }

    private func freeze(for duration: Duration) async {
        daemon.signal(SIGSTOP)
        try? await Task.sleep(for: duration)
        daemon.signal(SIGCONT)
        world.noteStrike()
        world.counts.add(.freezes)
    }

    private func fold() async throws {
        let session = try await world.database.open(as: .daemon)
        try await session.query("SELECT scene_sync.fold_deletions(100)")
        await session.close()
        world.counts.add(.folds)
    }
}
