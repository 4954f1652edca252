import Postgres

/// What the server's lock table shows of the doorbell.
struct DoorbellLook: Equatable, Sendable {
    /// A session that holds `presence`.
    struct Holder: Equatable, Sendable {
        let pid: Int32
        /// Tells sessions of one pid apart; nil where this role may not see it.
        let begin: String?
    }

    /// Whether our gate holds `presence`.
    var isHolding = false
    /// Whether our gate waits for `presence`.
    var isWaiting = false
    /// Who else holds it.
    var holder: Holder?
    /// Transactions that announce nothing, since nobody listened when they first wrote: as text, at most a few.
    var silent: String?
    /// Sessions that wait for the lock of a NOTIFY's commit.
    var notifiersWaiting = 0
    /// How full PostgreSQL's queue of notifications is, from 0 to 1.
    var queueUsage = 0.0
    /// The server's time, since 1970.
    var server_microseconds: Int64 = 0

    /// The lock of a NOTIFY is object 0 of pg_database (1262).
    private static let notifiersWaiting = """
        SELECT count(*)
        FROM pg_catalog.pg_locks
        WHERE locktype = 'object' AND classid = 1262 AND objid = 0 AND NOT granted
        """

    /// In `pg_locks` two-integer keys have objsubid 2.
    private static let statement = """
        WITH presence AS (
            SELECT lock.pid, lock.mode, lock.granted
            FROM pg_catalog.pg_locks AS lock
            WHERE lock.locktype = 'advisory'
                AND lock.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
                AND lock.classid = \(DoorbellLock.space)
                AND lock.objid = \(DoorbellLock.presence.rawValue)
                AND lock.objsubid = 2
        )
        SELECT
            EXISTS (SELECT FROM presence WHERE pid = $1::integer AND mode = 'ExclusiveLock' AND granted),
            EXISTS (SELECT FROM presence WHERE pid = $1::integer AND NOT granted),
            holder.pid,
            activity.backend_start::text,
            (
                SELECT string_agg(coalesce('pid ' || silent.pid, 'a prepared transaction'), ', ')
                FROM (SELECT pid FROM presence WHERE mode = 'ShareLock' AND granted LIMIT 5) AS silent
            ),
            (\(notifiersWaiting)),
            pg_catalog.pg_notification_queue_usage(),
            (date_part('epoch', clock_timestamp()) * 1000000)::bigint
        FROM (VALUES (1)) AS one (row)
        LEFT JOIN presence AS holder
            ON holder.mode = 'ExclusiveLock' AND holder.granted AND holder.pid <> $1::integer
        LEFT JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = holder.pid
        """

    static func take(on session: Session, gate: Int32, deadline: Duration) async throws -> DoorbellLook {
        let rows = try await session.queryPrepared(statement, [String(gate)], deadline: deadline)
        let holder = rows.int64(0, 2).map { Holder(pid: Int32(truncatingIfNeeded: $0), begin: rows.string(0, 3)) }
        return DoorbellLook(
            isHolding: rows.bool(0, 0) == true, isWaiting: rows.bool(0, 1) == true, holder: holder,
            silent: rows.string(0, 4), notifiersWaiting: Int(rows.int64(0, 5) ?? 0),
            queueUsage: rows.string(0, 6).flatMap { Double($0) } ?? 0, server_microseconds: rows.int64(0, 7) ?? 0)
    }

    /// What matters while writers may wait for each other, for less than a whole look.
    static func countNotifiersWaiting(on session: Session, deadline: Duration) async throws -> Int {
        Int(try await session.queryPrepared(notifiersWaiting, deadline: deadline).int64(0, 0) ?? 0)
    }
}
