import Postgres

/// Performs what the doorbell decides, on a connection of its own: its locks live as long as that.
struct Gate {
    /// How long the gate stays in the queue for `presence` at a time: a session that waits holds a snapshot.
    private static let queuePatience = Duration.seconds(30)
    /// How long `quiet` is waited for: meanwhile every new writer notifies.
    private static let quietPatience = Duration.seconds(2)
    /// How long housekeeping waits for a table that the app keeps locked, for a migration perhaps.
    private static let tidyPatience = Duration.seconds(1)
    /// How long anything else may take.
    private static let patience = Duration.seconds(5)
    /// `lock_not_available`, which a lock_timeout ends with.
    private static let lockNotAvailable = "55P03"

    let session: Session
    let channel: String
    let seal: Seal

    /// Returns false if a lock was not to be had in time. `sign` is what others are told of the mode.
    func perform(_ task: Doorbell.Task, sign: DaemonSign) async throws -> Bool {
        switch task {
        case .askForPresence:
            try await announce(sign)
            return try await ask(for: .presence, within: Self.queuePatience)
        case .askForQuiet:
            if try await ask(for: .quiet, within: Self.quietPatience) { return true }
            // It may have been granted in the moment in which the patience ended.
            try await session.queryPrepared(DoorbellLock.quiet.leave, deadline: Self.patience)
            return false
        case .announceQuiet:
            try await announce(sign)
        case .leaveQuiet:
            // Before the lock is free: else another daemon would apply what is notified before what came by the table.
            try await announce(sign)
            try await session.queryPrepared(DoorbellLock.quiet.leave, deadline: Self.patience)
        }
        return true
    }

    /// How many sessions wait for the lock of a NOTIFY.
    func countNotifiersWaiting() async throws -> Int {
        try await DoorbellLook.countNotifiersWaiting(on: session, deadline: Self.patience)
    }

    func ping() async throws {
        try await session.queryPrepared("SELECT 'gate'", deadline: Self.patience)
    }

    /// Removes the changes that every daemon has read.
    func prune(_ span: Horizon.Span) async throws {
        try await session.queryPrepared(
            "SELECT scene_sync.prune_changes($1::pg_snapshot, $2::pg_snapshot)", [span.previous, span.now],
            deadline: Self.queuePatience)
    }

    /// Removes the deletions that say nothing any more, and the answers that need not be kept any longer. Returns whether
    /// that was not all.
    func tidy() async throws -> Bool {
        let batch = 10_000
        do {
            let rows = try await session.queryPrepared(
                """
                SELECT CASE
                    WHEN set_config('lock_timeout', $2, true) IS NULL THEN NULL
                    WHEN greatest(scene_sync.fold_deletions($1::integer), scene_sync.prune_answers($1::integer)) < $1::integer
                    THEN coalesce(current_setting('scene_sync.fold_from', true), '') <> ''
                    ELSE true
                END
                """, ["\(batch)", "\(Self.tidyPatience.components.seconds)s"], deadline: Self.queuePatience)
            return rows.bool(0, 0) == true
        } catch PostgresError.server(let error) where error.sqlstate == Self.lockNotAvailable {
            return true
        }
    }

    private func announce(_ sign: DaemonSign) async throws {
        try await session.queryPrepared(
            "SELECT pg_notify($1, $2)", [channel, seal.close(sign.payload)], deadline: Self.patience)
    }

    private func ask(for lock: DoorbellLock, within patience: Duration) async throws -> Bool {
        try await session.queryPrepared(
            "SELECT set_config('lock_timeout', $1, false)", ["\(patience.components.seconds)s"],
            deadline: Self.patience)
        do {
            try await session.queryPrepared(lock.ask, deadline: patience + Self.patience)
            return true
        } catch PostgresError.server(let error) where error.sqlstate == Self.lockNotAvailable {
            return false
        }
    }
}
