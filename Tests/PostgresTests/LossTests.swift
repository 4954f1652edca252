import Glibc
import Postgres
import PostgresTestSupport
import Testing

@Suite(.database, .timeLimit(.minutes(2)))
struct LossTests {
    @Test func `a terminated session fails who waits and ends its stream`() async throws {
        let session = try await Database.current.open()
        let other = try await Database.current.open(as: .superuser)

        async let sleeping = failure { try await session.query("SELECT pg_sleep(60)") }
        try await other.query(waitUntilSleeping, deadline: .seconds(10))
        async let behind = failure { try await session.query("SELECT 1") }
        try await other.query("SELECT pg_terminate_backend($1)", ["\(session.backendPID)"])

        #expect(await sleeping?.isConnectionLoss == true)
        #expect(await behind?.isConnectionLoss == true)
        #expect(await session.next(1).isEmpty)
        #expect(try await session.waitUntilLost().contains("terminating connection due to administrator command"))
        let later = await #expect(throws: PostgresError.self) { try await session.query("SELECT 1") }
        #expect(later?.isConnectionLoss == true)
    }

    @Test func `an idle session notices that it was terminated`() async throws {
        let session = try await Database.current.open()
        let other = try await Database.current.open(as: .superuser)

        try await other.query("SELECT pg_terminate_backend($1)", ["\(session.backendPID)"])

        let reason = try await session.waitUntilLost()
        #expect(reason == "terminating connection due to administrator command (57P01)")
    }

    @Test(arguments: ["SELECT pg_terminate_backend(pg_backend_pid())", "SELECT pg_sleep(60)"])
    func `a lost session leaves no descriptor behind while it is still held`(end: String) async throws {
        let session = try await Database.current.open()
        let port = try #require(try await session.query("SELECT inet_client_port()").int64(0, 0))
        let inode = try #require(SocketTable.inode(ofLocalPort: port))
        #expect(SocketTable.isOpen(inode: inode))

        _ = await failure { try await session.query(end, deadline: .milliseconds(500)) }

        _ = try await session.waitUntilLost()
        await session.close()
        #expect(!SocketTable.isOpen(inode: inode))
    }

    @Test func `a session that nobody holds is closed`() async throws {
        let other = try await Database.current.open(as: .superuser)
        let pid = try await { try await Database.current.open().backendPID }()

        try await other.query(waitUntilGone(pid), deadline: .seconds(10))
    }

    @Test func `what was announced before the end is still heard`() async throws {
        let session = try await Database.current.open()
        try await session.query("LISTEN changes")

        try await session.query("NOTIFY changes, 'last'")
        _ = await failure { try await session.query("SELECT pg_terminate_backend(pg_backend_pid())") }

        #expect(await session.next(2).map { String(decoding: $0.payload, as: UTF8.self) } == ["last"])
    }

    @Test func `a missed deadline ends the session and nothing is matched to a later query`() async throws {
        let session = try await Database.current.open()

        async let behind = session.query("SELECT 1")
        await #expect(throws: PostgresError.timedOut(.milliseconds(50))) {
            try await session.query("SELECT pg_sleep(60)", deadline: .milliseconds(50))
        }

        _ = try? await behind
        #expect(try await session.waitUntilLost() == "a query missed its deadline of 0.05 seconds")
    }

    @Test func `a kept deadline does nothing later`() async throws {
        let loop = try PollLoop.start(name: "deadline")
        let session = try await Database.current.open(on: loop)

        try await session.query("SELECT 1", deadline: .milliseconds(200))
        try await session.query("SELECT pg_sleep(0.3)")

        #expect(!session.isLost)
    }

    @Test func `a cancelled waiter leaves and its answer is thrown away`() async throws {
        let session = try await Database.current.open()
        let other = try await Database.current.open(as: .superuser)
        try await other.query("SELECT pg_advisory_lock(1)")
        let waiter = Task { try await session.query("SELECT 'late', pg_advisory_lock(1)") }
        try await other.query(waitUntilSomebodyWaits)

        waiter.cancel()

        await #expect(throws: CancellationError.self) { try await waiter.value }
        async let next = session.query("SELECT 'next'")
        try await other.query("SELECT pg_advisory_unlock(1)")
        #expect(try await next.string(0, 0) == "next")
    }

    @Test func `closing fails who waits`() async throws {
        let session = try await Database.current.open()
        let other = try await Database.current.open(as: .superuser)
        async let sleeping = failure { try await session.query("SELECT pg_sleep(60)") }
        try await other.query(waitUntilSleeping, deadline: .seconds(10))

        await session.close()

        #expect(await sleeping == .connectionLost("closed"))
        #expect(await session.next(1).isEmpty)
    }
}

/// Returns once some session of this database runs `pg_sleep(60)`.
let waitUntilSleeping = """
    DO $$
    BEGIN
        WHILE NOT EXISTS (
            SELECT FROM pg_stat_activity
            WHERE wait_event = 'PgSleep' AND query = 'SELECT pg_sleep(60)' AND datname = current_database()
        ) LOOP
            PERFORM pg_sleep(0.005);
            PERFORM pg_stat_clear_snapshot();
        END LOOP;
    END $$
    """

/// Returns once the server has no such session any more.
private func waitUntilGone(_ pid: Int32) -> String {
    """
    DO $$
    BEGIN
        WHILE EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(pid)) LOOP
            PERFORM pg_sleep(0.005);
            PERFORM pg_stat_clear_snapshot();
        END LOOP;
    END $$
    """
}
