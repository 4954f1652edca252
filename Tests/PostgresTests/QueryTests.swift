import Postgres
import PostgresTestSupport
import Testing

@Suite(.database, .timeLimit(.minutes(2)))
struct QueryTests {
    @Test func `parameters go as text and come back as text`() async throws {
        let session = try await Database.current.open()

        let rows = try await session.query(
            "SELECT $1::bigint + 1, $2::text, $3::boolean, $4::text, $5::text", ["41", "grüße", "true", nil, ""])

        #expect(rows.count == 1 && rows.columns == 5)
        #expect(rows.int64(0, 0) == 42)
        #expect(rows.string(0, 1) == "grüße")
        #expect(rows.bool(0, 2) == true)
        #expect(rows.string(0, 3) == nil)
        #expect(rows.string(0, 4) == "")
        #expect(rows.bytes(0, 4) == [])
    }

    @Test func `a NUL is refused instead of cutting the parameter short`() async throws {
        let session = try await Database.current.open()

        let error = await #expect(throws: PostgresError.self) {
            try await session.query("SELECT $1", ["a\0b"])
        }

        #expect(error?.sqlstate == "22021")
    }

    @Test func `an error hits only its own query`() async throws {
        let session = try await Database.current.open()

        async let before = session.query("SELECT 1")
        async let wrong = failure { try await session.query("SELECT 1 / 0") }
        async let after = session.query("SELECT 2")

        #expect(try await before.int64(0, 0) == 1)
        let error = await wrong
        #expect(error?.sqlstate == "22012")
        #expect(error?.description == "database error: division by zero (22012)")
        #expect(try await after.int64(0, 0) == 2)
    }

    @Test func `a thousand concurrent queries each get their own answer`() async throws {
        let session = try await Database.current.open()

        let wrong = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 1...1000 {
                group.addTask {
                    // Every tenth fails, every third is prepared.
                    if number.isMultiple(of: 10) {
                        let error = await #expect(throws: PostgresError.self) {
                            try await session.query("SELECT ('no ' || $1)::int", ["\(number)"])
                        }
                        return error?.description.contains("no \(number)") != true
                    }
                    let rows =
                        number.isMultiple(of: 3)
                        ? try await session.queryPrepared("SELECT $1::int", ["\(number)"])
                        : try await session.query("SELECT $1::int", ["\(number)"])
                    return rows.int64(0, 0) != Int64(number)
                }
            }
            return try await group.reduce(into: 0) { if $1 { $0 += 1 } }
        }

        #expect(wrong == 0)
    }

    @Test func `queries are sent before earlier ones are answered`() async throws {
        let session = try await Database.current.open()
        let other = try await Database.current.open()
        try await other.query("SELECT pg_advisory_lock(1)")

        async let blocked = session.query("SELECT pg_advisory_lock(1)")
        try await other.query(waitUntilSomebodyWaits)
        async let behind = session.query("SELECT 2")
        try await other.query("SELECT pg_advisory_unlock(1)")

        _ = try await blocked
        #expect(try await behind.int64(0, 0) == 2)
    }

    @Test func `a hundred megabytes come back whole`() async throws {
        let session = try await Database.current.open()

        let rows = try await session.query(
            "SELECT repeat('x', 100 * 1024 * 1024), md5(repeat('x', 10)) UNION ALL SELECT 'y', 'z'")

        #expect(rows.count == 2)
        #expect(rows.withBytes(0, 0) { $0?.count } == 100 * 1024 * 1024)
        #expect(rows.withBytes(0, 0) { $0?.last } == UInt8(ascii: "x"))
        #expect(rows.string(1, 0) == "y")
    }

    @Test func `thirty megabytes of parameters pass a full socket`() async throws {
        let session = try await Database.current.open()
        let text = String(repeating: "x", count: 10 * 1024 * 1024)

        async let first = session.query("SELECT length($1), $1", [text])
        async let second = session.query("SELECT length($1), $1", [text])
        async let third = session.query("SELECT length($1), $1", [text])

        #expect(try await first.int64(0, 0) == 10 * 1024 * 1024)
        #expect(try await second.int64(0, 0) == 10 * 1024 * 1024)
        #expect(try await third.withBytes(0, 1) { $0?.count } == 10 * 1024 * 1024)
    }

    @Test func `a prepared statement outlives a change of its table`() async throws {
        let session = try await Database.current.open()
        try await session.run(script: "CREATE TABLE places (id int); INSERT INTO places VALUES (1)")
        let select = "SELECT * FROM places WHERE id = $1"
        #expect(try await session.queryPrepared(select, ["1"]).columns == 1)
        try await session.query("ALTER TABLE places ADD COLUMN name text")

        let error = await #expect(throws: PostgresError.self) { try await session.queryPrepared(select, ["1"]) }

        #expect(error?.sqlstate == "0A000")
        #expect(try await session.queryPrepared(select, ["1"]).columns == 2)
    }

    @Test func `a statement that cannot be prepared hits only its own`() async throws {
        let session = try await Database.current.open()

        async let wrong = failure { try await session.queryPrepared("SELECT nonsense") }
        async let right = session.queryPrepared("SELECT 1")

        let error = await wrong
        #expect(error?.sqlstate == "42703")
        #expect(try await right.int64(0, 0) == 1)
    }

    @Test func `a statement that could not be prepared is prepared as soon as it can be`() async throws {
        let session = try await Database.current.open()
        let select = "SELECT count(*) FROM places"
        let error = await failure { try await session.queryPrepared(select) }
        #expect(error?.sqlstate == "42P01")

        try await session.query("CREATE TABLE places (id int)")

        #expect(try await session.queryPrepared(select).int64(0, 0) == 0)
    }

    @Test func `a statement that fails is not parsed again`() async throws {
        let session = try await Database.current.open()

        for _ in 0..<5 {
            _ = await failure { try await session.queryPrepared("SELECT 1 / $1::int", ["0"]) }
        }

        #expect(try await session.query("SELECT FROM pg_prepared_statements").count == 1)
    }

    @Test func `more parameters than there may be end the session instead of waiting for ever`() async throws {
        let session = try await Database.current.open()

        let error = await failure { try await session.query("SELECT 1", Array(repeating: "1", count: 70_000)) }

        #expect(error?.isConnectionLoss == true)
        #expect(session.isLost)
    }

    @Test func `affected rows are counted`() async throws {
        let session = try await Database.current.open()
        try await session.query("CREATE TABLE places (id int)")

        let inserted = try await session.query("INSERT INTO places SELECT generate_series(1, 7)")
        let deleted = try await session.query("DELETE FROM places WHERE id > 5")

        #expect(inserted.affected == 7)
        #expect(deleted.affected == 2)
    }
}

/// Returns once some session of this database waits for a lock.
let waitUntilSomebodyWaits = """
    DO $$
    BEGIN
        WHILE NOT EXISTS (
            SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE NOT granted AND datname = current_database()
        ) LOOP
            PERFORM pg_sleep(0.005);
            PERFORM pg_stat_clear_snapshot();
        END LOOP;
    END $$
    """
