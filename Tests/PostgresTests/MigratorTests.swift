import Postgres
import PostgresTestSupport
import Synchronization
import Testing

@Suite(.database, .timeLimit(.minutes(2)))
struct MigratorTests {
    private let table = Script(name: "0001_places", text: "CREATE TABLE public.places (id int);")
    private let column = Script(name: "0002_names", text: "ALTER TABLE public.places ADD COLUMN name text;")
    private let function = Script(
        name: "answer", text: "CREATE OR REPLACE FUNCTION public.answer() RETURNS int RETURN 41; SELECT 1;")

    private func migrator(once: [Script], always: [Script] = [], application: String = "tests") async throws -> Migrator
    {
        let database = try Database.current
        let settings = ConnectionSettings(database.connectionString(), applicationName: application)
        return Migrator(
            settings, on: database.server.loop, bookkeeping: "scene_sync.applied", once: once, always: always)
    }

    @Test func `scripts are applied in their order, once`() async throws {
        let migrator = try await migrator(once: [table, column], always: [function])
        #expect(try await migrator.status().map(\.state) == [.pending, .pending, .pending])

        let applied = try await migrator.apply(wait: .zero)
        let again = try await migrator.apply(wait: .zero)

        #expect(applied == ["0001_places", "0002_names", "answer"])
        #expect(again == [])
        let status = try await migrator.status()
        #expect(status.map(\.state) == [.applied, .applied, .applied])
        #expect(status.map(\.kind) == [.once, .once, .always])
        #expect(status.allSatisfy { $0.appliedAt?.hasSuffix("Z") == true })
        let session = try await Database.current.open()
        #expect(try await session.query("SELECT name FROM places WHERE id = answer()").columns == 1)
    }

    @Test func `nothing to do takes no lock and writes nothing`() async throws {
        let migrator = try await migrator(once: [table], always: [function])
        try await migrator.apply(wait: .zero)
        let other = try await Database.current.open()
        try await other.run(
            script: """
                BEGIN;
                LOCK TABLE places IN ACCESS EXCLUSIVE MODE;
                LOCK TABLE scene_sync.applied IN EXCLUSIVE MODE;
                SELECT pg_advisory_xact_lock(hashtextextended('scene_sync.applied', 0));
                """)

        let applied = try await migrator.apply(wait: .zero)

        #expect(applied == [])
    }

    @Test func `only what changed is applied again`() async throws {
        try await migrator(once: [table], always: [function]).apply(wait: .zero)
        let edited = Script(name: function.name, text: "CREATE OR REPLACE FUNCTION answer() RETURNS int RETURN 42")

        let later = try await migrator(once: [table], always: [edited])

        #expect(try await later.status().map(\.state) == [.applied, .changed])
        #expect(try await later.apply(wait: .zero) == ["answer"])
        let session = try await Database.current.open()
        #expect(try await session.query("SELECT answer()").int64(0, 0) == 42)
    }

    @Test func `an edited migration is refused by name`() async throws {
        try await migrator(once: [table]).apply(wait: .zero)
        let edited = Script(name: table.name, text: "CREATE TABLE elsewhere (id int)")

        let later = try await migrator(once: [edited, column])

        await #expect(throws: MigrationError.edited("0001_places")) { try await later.apply(wait: .zero) }
        #expect(try await later.status().map(\.state) == [.changed, .pending])
    }

    @Test func `an error undoes everything and names its script`() async throws {
        let wrong = Script(name: "0002_wrong", text: "ALTER TABLE nowhere ADD COLUMN name text")
        let migrator = try await migrator(once: [table, wrong])

        let error = await #expect(throws: MigrationError.self) { try await migrator.apply(wait: .zero) }

        guard case .failed("0002_wrong", let reason) = error else { throw error ?? .edited("nothing") }
        #expect(reason.sqlstate == "42P01")
        #expect(try await migrator.status().map(\.state) == [.pending, .pending])
        let session = try await Database.current.open()
        #expect(try await session.query("SELECT to_regclass('places') IS NULL").bool(0, 0) == true)
        #expect(try await session.query("SELECT to_regnamespace('scene_sync') IS NULL").bool(0, 0) == true)
    }

    @Test func `a script may not end the transaction`() async throws {
        let wrong = Script(name: "0002_wrong", text: "COMMIT; BEGIN")
        let migrator = try await migrator(once: [table, wrong])

        await #expect(throws: MigrationError.leftTransaction("0002_wrong")) { try await migrator.apply(wait: .zero) }
    }

    @Test func `the caller's SQL is part of the transaction`() async throws {
        var migrator = try await migrator(once: [table])
        migrator.before = { try await $0.run(script: "CREATE TABLE public.before (id int)") }
        migrator.after = { try await $0.run(script: "SELECT nonsense FROM places") }

        await #expect(throws: MigrationError.self) { try await migrator.apply(wait: .zero) }

        let session = try await Database.current.open()
        #expect(try await session.query("SELECT to_regclass('before') IS NULL").bool(0, 0) == true)
        migrator.after = { try await $0.run(script: "INSERT INTO places VALUES (7)") }
        try await migrator.apply(wait: .zero)
        #expect(try await session.query("SELECT id FROM places").int64(0, 0) == 7)
    }

    @Test func `bookkeeping is nobody else's`() async throws {
        try await migrator(once: [table]).apply(wait: .zero)
        let writer = try await Database.current.open(as: .writer)

        let error = await #expect(throws: PostgresError.self) {
            try await writer.query("SELECT FROM scene_sync.applied")
        }

        #expect(error?.sqlstate == "42501")
    }

    @Test func `two migrators at once apply everything once`() async throws {
        let slow = Script(name: "0001_slow", text: "CREATE TABLE public.places (id int); SELECT pg_sleep(0.3);")
        let migrator = try await migrator(once: [slow, column])

        async let one = migrator.apply(wait: .seconds(20))
        async let other = migrator.apply(wait: .seconds(20))
        let applied = try await [one, other]

        #expect(applied.sorted { $0.count < $1.count } == [[], ["0001_slow", "0002_names"]])
    }
}
