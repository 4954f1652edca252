import Glibc
import Postgres
import PostgresTestSupport

/// Breaks the daemons' connections, one kind at a time or all, freezes them, and folds the memories meanwhile.
struct StormNemesis {
    /// The kinds are told apart by their last query; that of a listener may be the check that all lead to one server.
    static let targets: [(kind: StormCounts.Kind, queries: String)] = [
        (.listenersKilled, "pg_postmaster_start_time|'listener'"), (.readersKilled, "read_changes|presence"),
        (.gatesKilled, "pg_advisory|pg_notify\\(\\$1|prune_changes|fold_deletions|'gate'"),
        (.loadersKilled, "scene_sync.load"), (.allKilled, ""),
    ]

    let world: StormWorld
    let daemons: [DaemonProcess]

    /// Until the task is cancelled.
    func run() async {
        var random = world.random(3_000)
        while !Task.isCancelled {
            try? await Task.sleep(for: random.milliseconds(1_500...4_500))
            if world.isTruce { continue }
            do {
                if random.chance(0.25) {
                    // From a hitch to more than a canary's patience.
                    await freeze(
                        random.pick(daemons), for: random.milliseconds(random.chance(0.7) ? 50...400 : 1_500...3_000))
                } else {
                    try await strike(random.pick(Self.targets), sparing: random.chance(0.5))
                }
                if random.chance(0.3) { try await fold() }
            } catch {
                // The server is being restarted.
            }
        }
    }

    /// Sparing, about half of those that are found are left.
    private func strike(_ target: (kind: StormCounts.Kind, queries: String), sparing: Bool) async throws {
        let session = try await world.database.open(as: .superuser)
        let killed = try await session.query(
            """
            SELECT count(pg_terminate_backend(pid))
            FROM pg_stat_activity
            WHERE usename = $1 AND datname = current_database() AND application_name = 'scenesync' AND query ~ $2
                AND (NOT $3::boolean OR random() < 0.5)
            """, [Role.daemon.rawValue, target.queries, String(sparing)])
        world.noteStrike()
        await session.close()
        if killed.int64(0, 0) != 0 { world.counts.add(target.kind) }
    }

    private func freeze(_ daemon: DaemonProcess, for duration: Duration) async {
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
