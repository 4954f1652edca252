import Postgres

/// The two advisory locks of the daemons. Held or waited for, `presence` says that somebody listens, and `quiet` that
/// notifications are wanted instead of rows of the table.
enum DoorbellLock: Int, Sendable {
    case presence = 1
    case quiet = 2

    fileprivate var key: String { "1397971278, \(rawValue)" }
}

extension Session {
    /// Waits until everybody has left it.
    func take(_ lock: DoorbellLock) async throws {
        try await query("SELECT pg_advisory_lock(\(lock.key))")
    }

    /// As `take`, if nobody has it; says whether.
    func tryTaking(_ lock: DoorbellLock) async throws -> Bool {
        try await query("SELECT pg_try_advisory_lock(\(lock.key))").bool(0, 0) == true
    }

    func leave(_ lock: DoorbellLock) async throws {
        try await query("SELECT pg_advisory_unlock(\(lock.key))")
    }
}
