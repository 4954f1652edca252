import Postgres
import PostgresTestSupport
import Synchronization
import Testing

@Suite(.database, .timeLimit(.minutes(2)))
struct MigratorLockTests {
    private let column = Script(name: "0002_names", text: "ALTER TABLE public.places ADD COLUMN name text;")

    private func migrator() throws -> Migrator {
        let database = try Database.current
        return Migrator(
            database.settings(), on: database.server.loop, bookkeeping: "scene_sync.applied", once: [column], always: []
        )
    }

    /// A session that has the table open in a transaction.
    private func holder() async throws -> Session {
        let database = try Database.current
        let settings = ConnectionSettings(database.connectionString(), applicationName: "the holder")
        let session = try await Session.open(settings, on: database.server.loop)
        try await session.run(script: "CREATE TABLE places (id int); GRANT ALL ON places TO PUBLIC")
        try await session.query("BEGIN")
        try await session.query("INSERT INTO places VALUES (1)")
        return session
    }

    @Test func `a lock that is never free ends with the name of its holder`() async throws {
        let holder = try await holder()

        let error = await failure(of: try migrator(), wait: .zero)

        guard case .blocked(let blocker?, let waited) = error else { throw error ?? .edited("nothing") }
        #expect(blocker.pid == holder.backendPID)
        #expect(blocker.application == "the holder")
        #expect(blocker.user == "app_owner")
        #expect(blocker.transactionAge != nil)
        #expect(waited >= .seconds(2) && waited < .seconds(5))
        #expect(error?.description.contains("pid \(holder.backendPID) (the holder, user app_owner)") == true)
    }

    @Test func `a lock that becomes free is taken by a later try`() async throws {
        let holder = try await holder()
        let messages = AsyncStream<String>.makeStream()
        let migrator = try migrator()

        async let applied = migrator.apply(wait: .seconds(30)) { messages.continuation.yield($0) }
        for await message in messages.stream where message.contains("waiting") {
            #expect(message.contains("blocked by pid \(holder.backendPID)"))
            break
        }
        try await holder.query("COMMIT")

        #expect(try await applied == ["0002_names"])
    }

    @Test func `writers wait two seconds at most`() async throws {
        let holder = try await holder()
        let writer = try await Database.current.open(as: .writer)
        let migrator = try migrator()
        async let error = failure(of: migrator, wait: .seconds(5))
        try await holder.query(waitUntilSomebodyWaits)

        let waited = try await ContinuousClock().measure {
            try await writer.query("INSERT INTO places VALUES (2)")
        }

        #expect(waited < .seconds(2.5))
        #expect(await error != nil)
    }

    private func failure(of migrator: Migrator, wait: Duration) async -> MigrationError? {
        do {
            try await migrator.apply(wait: wait)
            return nil
        } catch {
            return error as? MigrationError
        }
    }
}
