import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// What is wrong with a whole server, or with the way to it.
@Suite(.timeLimit(.minutes(2)))
struct DoctorServerTests {
    @Test func `a standby is found to be one`() async throws {
        let server = try await Server.start()
        try await Database.with(.sceneSync, on: server) { database in
            try await server.stop(.fast)
            try Data().write(to: URL(filePath: server.folder + "/data/standby.signal"))
            try await server.start()

            let run = try await DoctorRun.make(database.connectionString())

            #expect(run.status == 2)
            #expect(run.of("primary").first?.text.contains("standby") == true, "\(run)")
            #expect(run.of("primary").first?.cure.contains("target_session_attrs=read-write") == true)
            try FileManager.default.removeItem(atPath: server.folder + "/data/standby.signal")
            try await server.restart(.fast)
        }
    }

    @Test func `TLS, prepared transactions and a disk that is not waited for`() async throws {
        let server = try await Server.start(settings: ["max_prepared_transactions": "5"], tls: true)
        try await Database.with(.sceneSync, on: server) { database in
            // As another host's name, which is what counts.
            let remote = database.connectionString().replacing(
                "host=127.0.0.1", with: "host=db.example.com hostaddr=127.0.0.1")
            let plain = try await DoctorRun.make("\(remote) sslmode=disable")
            let unproven = try await DoctorRun.make("\(remote) sslmode=require", ["--doorbell", "table"])
            let local = try await DoctorRun.make("\(database.connectionString()) sslmode=require")

            #expect(plain.of("encryption").map(\.mark) == ["problem"])
            #expect(plain.of("encryption").first?.cure.contains("sslmode=verify-full") == true)
            #expect(plain.status == 2)
            #expect(unproven.of("encryption").map(\.mark) == ["warning"])
            #expect(local.of("encryption").map(\.text) == ["TLS, on this machine"])
            #expect(plain.of("durability").first?.text.contains("fsync is off") == true)
            #expect(plain.of("prepared transactions").first?.cure.contains("--doorbell table") == true)
            #expect(unproven.of("prepared transactions").map(\.mark) == ["ok"])
        }
    }

    @Test func `a prepared transaction that keeps daemons from becoming safe is found`() async throws {
        let server = try await Server.start(settings: ["max_prepared_transactions": "5"])
        try await Database.with(.sceneSync, on: server) { database in
            let writer = try await database.open(as: .writer)
            try await writer.query("BEGIN")
            try await writer.query("INSERT INTO content_creation_requests (generated_output) VALUES ('{}')")
            try await writer.query("PREPARE TRANSACTION 'left'")

            let run = try await DoctorRun.make(database.connectionString())
            try await writer.query("COMMIT PREPARED 'left'")
            let healed = try await DoctorRun.make(database.connectionString())
            await writer.close()

            #expect(run.status == 2)
            #expect(run.of("doorbell").first?.text.hasPrefix("a prepared transaction holds its lock") == true, "\(run)")
            #expect(run.of("doorbell").first?.cure.contains("ROLLBACK PREPARED") == true)
            #expect(healed.of("doorbell").map(\.mark) == ["ok"])
        }
    }

    @Test func `tables that a subscription fills are found`() async throws {
        let server = try await Server.start(settings: ["wal_level": "logical"])
        try await Database.with(.sceneSync, on: server) { source in
            try await Database.with(.sceneSync, on: server) { copy in
                let publisher = try await source.open(as: .superuser)
                let subscriber = try await copy.open(as: .superuser)
                try await publisher.query("CREATE PUBLICATION images FOR TABLE generated_images")
                try await publisher.query("SELECT pg_create_logical_replication_slot('images', 'pgoutput')")
                try await subscriber.query(
                    """
                    CREATE SUBSCRIPTION images CONNECTION '\(source.connectionString(as: .superuser))'
                    PUBLICATION images WITH (create_slot = false, slot_name = 'images', copy_data = false)
                    """)

                let run = try await DoctorRun.make(copy.connectionString())
                try await subscriber.query("DROP SUBSCRIPTION images")
                let healed = try await DoctorRun.make(copy.connectionString())
                await publisher.close()
                await subscriber.close()

                #expect(run.of("silent writes").map(\.mark) == ["warning"], "\(run)")
                #expect(run.of("silent writes").first?.text.contains("a subscription fills generated_images") == true)
                #expect(healed.of("silent writes").map(\.mark) == ["ok"])
            }
        }
    }

    @Test func `a pooler in transaction mode is found by what it swallows`() async throws {
        try await Database.with(.sceneSync, on: Server.shared) { database in
            let pooler = try await Pooler.start(of: database, mode: "transaction")
            let session = try await Pooler.start(of: database, mode: "session")
            let strict = try await Pooler.start(of: database, mode: "session", takesOptions: false)

            let swallowed = try await DoctorRun.make(pooler.connectionString)
            let passed = try await DoctorRun.make(session.connectionString)
            let refused = try await DoctorRun.make(strict.connectionString)

            let finding = try #require(swallowed.of("notifications").first, "\(swallowed)")
            #expect(swallowed.status == 2)
            #expect(finding.mark == "problem")
            #expect(finding.text.contains("a pooler in transaction mode swallows LISTEN"))
            #expect(finding.cure.contains("Supabase") && finding.cure.contains("5432") && finding.cure.contains("6543"))
            #expect(passed.of("notifications").first?.mark == "ok", "\(passed)")
            #expect(passed.of("notifications").first?.text.contains("a pooler in session mode") == true)
            #expect(refused.status == 2)
            #expect(refused.of("notifications").first?.text.contains("unsupported startup parameter") == true)
        }
    }
}
