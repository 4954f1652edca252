import Postgres
import PostgresTestSupport
import Testing

/// On a server of their own: half of what doctor looks at is the whole cluster's.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct DoctorTests {
    private static let server = Task { try await Server.start(settings: ["fsync": "on"]) }

    private func withDatabase(_ body: (Database, Session) async throws -> Void) async throws {
        try await Database.with(.sceneSync, on: Self.server.value) { database in
            let admin = try await database.open(as: .superuser)
            try await body(database, admin)
            await admin.close()
        }
    }

    @Test func `a deployment as it should be has nothing wrong`() async throws {
        try await withDatabase { database, _ in
            let run = try await DoctorRun.make(database.connectionString())
            let people = try await Command.run(["doctor"], environment: ["DATABASE_URL": database.connectionString()])

            #expect(run.status == 0, "\(run)")
            #expect(run.complaints == [])
            #expect(run.findings.count >= 23)
            #expect(people.status == 0)
            #expect(people.output.hasSuffix("\n\nnothing is wrong\n"))
            #expect(people.output.split(separator: "\n").dropLast().allSatisfy { $0.hasPrefix("✓ ") })
        }
    }

    @Test(arguments: Ailment.all)
    func `what is wrong is found, and its cure heals it`(ailment: Ailment) async throws {
        try await withDatabase { database, admin in
            try await admin.run(script: ailment.cause.replacing("DATABASE DATABASE", with: "DATABASE \(database.name)"))

            let run = try await DoctorRun.make(database.connectionString())
            try await heal(ailment, database, admin)
            let healed = try await DoctorRun.make(database.connectionString())

            let found = run.of(ailment.check).filter { $0.mark == ailment.mark }
            let text = found.map { "\($0.text) \($0.cure)" }.joined(separator: "\n")
            #expect(!found.isEmpty && ailment.words.allSatisfy { text.contains($0) }, "\(run)")
            #expect(found.allSatisfy { !$0.cure.isEmpty })
            #expect(run.status == (run.findings.contains { $0.mark == "problem" } ? 2 : 0))
            #expect(ailment.mark != "problem" || run.status == 2)
            #expect(ailment.cure == nil || healed.of(ailment.check).allSatisfy { $0.mark == "ok" }, "\(healed)")
        }
    }

    private func heal(_ ailment: Ailment, _ database: Database, _ admin: Session) async throws {
        for part in (ailment.cure ?? "").split(separator: "; ") {
            if part.hasPrefix(Ailment.migrate) {
                let words = part.split(separator: " ").dropFirst().map { String($0) }
                let migrate = try await Command.run(words, environment: ["DATABASE_URL": database.connectionString()])
                #expect(migrate.status == 0, "\(migrate)")
            } else {
                try await admin.run(
                    script: String(part).replacing("DATABASE DATABASE", with: "DATABASE \(database.name)"))
            }
        }
    }

    @Test func `as the daemon's role it says what it may not see`() async throws {
        try await withDatabase { database, _ in
            let run = try await DoctorRun.make(database.connectionString(as: .daemon))

            #expect(run.status == 0, "\(run)")
            #expect(run.complaints == ["unseen migrations", "unseen stored images"])
            #expect(run.of("migrations").first?.cure.contains("app_owner") == true)
        }
    }

    @Test func `the app's tables may be in another schema`() async throws {
        try await Database.with(.empty, on: Self.server.value) { database in
            let owner = try await database.open()
            try await owner.run(
                script: """
                    CREATE SCHEMA "the App";
                    CREATE TABLE "the App".content_creation_requests (id uuid PRIMARY KEY, generated_output jsonb);
                    """)
            let migrate = try await Command.run(
                ["migrate", "--schema", "the App", "--daemon-role", Role.daemon.rawValue],
                environment: ["DATABASE_URL": database.connectionString()])
            let run = try await DoctorRun.make(database.connectionString(), ["--schema", "the App"])
            await owner.close()

            #expect(migrate.status == 0, "\(migrate)")
            #expect(run.status == 0)
            #expect(run.complaints == [], "\(run)")
        }
    }

    @Test func `a role that is named is the one that is looked at`() async throws {
        try await withDatabase { database, _ in
            let run = try await DoctorRun.make(database.connectionString(), ["--daemon-role", "app_writer"])
            let nobody = try await DoctorRun.make(database.connectionString(), ["--daemon-role", "nobody at all"])

            #expect(run.status == 2)
            #expect(run.of("daemon's role").contains { $0.text.contains("app_writer lacks USAGE") })
            #expect(nobody.of("daemon's role").map(\.text) == ["there is no role nobody at all"])
        }
    }

    @Test func `a session that keeps daemons from becoming safe is named`() async throws {
        try await withDatabase { database, admin in
            let squatter = try await database.open(as: .writer)
            try await squatter.query("SELECT pg_advisory_lock_shared(1397971278, 1)")

            let run = try await DoctorRun.make(database.connectionString(as: .superuser))
            try await admin.query("SELECT pg_terminate_backend($1::integer, 5000)", ["\(squatter.backendPID)"])
            let healed = try await DoctorRun.make(database.connectionString(as: .superuser))

            #expect(run.status == 2)
            #expect(run.of("doorbell").first?.text.contains("pid \(squatter.backendPID) (") == true, "\(run)")
            #expect(run.of("doorbell").first?.cure.contains("pg_terminate_backend(\(squatter.backendPID))") == true)
            #expect(healed.of("doorbell").map(\.mark) == ["ok"])
        }
    }

    @Test func `a running daemon is seen, and nothing wrong with it`() async throws {
        try await withDatabase { database, _ in
            let daemon = try await DaemonProcess.start(database: database.connectionString(as: .daemon))
            try await daemon.logLine(containing: "live: ", within: .seconds(20))

            let run = try await DoctorRun.make(database.connectionString())

            #expect(run.of("doorbell").first?.text.hasPrefix("a daemon listens, pid ") == true, "\(run)")
            #expect(run.complaints == [])
            #expect(await daemon.stop() == 0)
        }
    }

    @Test func `the session that fills the notification queue is named`() async throws {
        try await withDatabase { database, admin in
            let listener = try await database.open(as: .writer)
            try await listener.query("LISTEN anything")
            try await listener.query("BEGIN")
            try await listener.query("SELECT count(*) FROM pg_class")
            try await admin.query(
                "SELECT count(pg_notify('x', repeat('y', 7900) || number)) FROM generate_series(1, 3000) AS series (number)"
            )

            let run = try await DoctorRun.make(database.connectionString(as: .superuser))
            let blind = try await DoctorRun.make(database.connectionString())
            await listener.close()

            #expect(run.of("notification queue").map(\.mark) == ["warning"], "\(run)")
            #expect(run.of("notification queue").first?.text.contains("pid \(listener.backendPID) (") == true)
            #expect(blind.of("notification queue").first?.text.contains("not to be seen") == true)
        }
    }

    @Test func `settings of the connection string that end or blind sessions are found`() async throws {
        try await withDatabase { database, _ in
            let options = """
                -c statement_timeout=5s -c tcp_keepalives_idle=7200 -c idle_session_timeout=60000 \
                -c default_transaction_isolation=serializable
                """
            let run = try await DoctorRun.make("\(database.connectionString()) options='\(options)'")

            let texts = run.of("settings").map(\.text).joined(separator: "\n")
            #expect(run.of("settings").map(\.mark) == ["warning", "warning", "warning", "warning"], "\(run)")
            #expect(texts.contains("statement_timeout is 5s"))
            #expect(texts.contains("default_transaction_isolation is serializable"))
            #expect(texts.contains("7200 s"))
            #expect(texts.contains("idle_session_timeout is 1min"))
        }
    }

    @Test func `a database that is not migrated, or not the app's, is told apart`() async throws {
        try await Database.with(.empty, on: Self.server.value) { database in
            let empty = try await DoctorRun.make(database.connectionString())
            let owner = try await database.open()
            try await owner.query(
                "CREATE TABLE content_creation_requests (id uuid PRIMARY KEY, generated_output jsonb)")
            let unmigrated = try await DoctorRun.make(database.connectionString())
            await owner.close()

            #expect(empty.status == 2)
            #expect(empty.complaints == ["problem app tables", "problem app tables", "problem migrations"])
            #expect(unmigrated.complaints == ["problem app tables", "problem migrations"], "\(unmigrated)")
            #expect(unmigrated.of("migrations").first?.text == "this database has not been migrated")
        }
        try await withDatabase { database, _ in
            let elsewhere = try await DoctorRun.make(database.connectionString(), ["--schema", "nowhere"])
            #expect(
                elsewhere.of("migrations").first?.text.contains("schema public, not nowhere") == true, "\(elsewhere)")
        }
    }

    @Test func `a database that is not there is exit 69, a bad flag 64`() async throws {
        let nobody = try await DoctorRun.make("host=127.0.0.1 port=1 user=x dbname=x connect_timeout=2")
        let bad = try await DoctorRun.make("", ["--doorbell", "loud"])

        #expect(nobody.status == 69)
        #expect(nobody.errors.split(separator: "\n").count == 1)
        #expect(bad.status == 64)
    }
}
