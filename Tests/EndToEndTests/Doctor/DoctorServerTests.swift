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
