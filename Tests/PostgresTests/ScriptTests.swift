import Postgres
import PostgresTestSupport
import Testing

@Suite(.database, .timeLimit(.minutes(2)))
struct ScriptTests {
    @Test func `a script waits its turn among queries`() async throws {
        let session = try await Database.current.open()

        async let first = session.query("SELECT 1")
        async let script: Void = session.run(script: "CREATE TABLE places (id int); INSERT INTO places VALUES (7);")
        async let second = session.query("SELECT 2")
        async let other: Void = session.run(script: "INSERT INTO places VALUES (8)")
        try await script
        try await other

        #expect(try await first.int64(0, 0) == 1)
        #expect(try await second.int64(0, 0) == 2)
        #expect(try await session.query("SELECT sum(id) FROM places").int64(0, 0) == 15)
    }

    @Test func `a script that fails undoes all of it and names the error`() async throws {
        let session = try await Database.current.open()

        let error = await #expect(throws: PostgresError.self) {
            try await session.run(script: "CREATE TABLE places (id int); SELECT nonsense; SELECT 1")
        }

        #expect(error?.sqlstate == "42703")
        #expect(try await session.query("SELECT to_regclass('places') IS NULL").bool(0, 0) == true)
    }

    @Test func `COPY is refused and ends the session`() async throws {
        let session = try await Database.current.open()
        try await session.query("CREATE TABLE places (id int)")

        await #expect(throws: PostgresError.connectionLost("COPY is not supported")) {
            try await session.run(script: "COPY places FROM STDIN")
        }

        #expect(session.isLost)
    }

    @Test func `an empty script is done at once`() async throws {
        let session = try await Database.current.open()

        try await session.run(script: "-- nothing")

        #expect(try await session.query("SELECT 1").count == 1)
    }
}
