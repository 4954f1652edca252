import ChangeFeed
import Migrations
import Postgres
import PostgresTestSupport
import Testing
import Triggers

@testable import scenesync

/// What becomes a finding by lasting too long; here nothing may last at all.
@Suite(.timeLimit(.minutes(1)))
struct PatienceTests {
    private func withWriter(_ body: (Deployment, Session) async throws -> Void) async throws {
        let server = try await Server.start(settings: ["max_prepared_transactions": "5"])
        try await Database.with(.empty, on: server) { database in
            let owner = try await database.open()
            try await owner.query(
                "CREATE TABLE content_creation_requests (id uuid PRIMARY KEY, generated_output jsonb)")
            _ = try await Installation(database.connectionString(), schema: "public", daemonRole: nil)
                .apply(wait: .seconds(10)) { _ in }
            let deployment = try await Deployment.open(
                database.connectionString(as: .superuser), schema: "public", daemonRole: nil, doorbell: .table)
            try await owner.query("BEGIN")
            try await owner.query(
                "INSERT INTO content_creation_requests VALUES ('00000000-0000-4000-8000-000000000001', '{}')")
            try await body(deployment, owner)
            await deployment.session.close()
            await owner.close()
        }
    }

    @Test func `a transaction that keeps daemons from becoming safe for too long is named`() async throws {
        try await withWriter { deployment, writer in
            let early = try await DoorbellLocks().examine(deployment)
            let late = try await DoorbellLocks(patience_seconds: 0).examine(deployment)

            #expect(early.map(\.mark) == [.ok])
            #expect(late.map(\.mark) == [.problem])
            #expect(late.first?.text.contains("pid \(writer.backendPID) (") == true)
        }
    }

    @Test func `prepared transactions that wait for too long are counted`() async throws {
        try await withWriter { deployment, writer in
            try await writer.query("PREPARE TRANSACTION 'left'")
            let early = try await PreparedWriters().examine(deployment)
            let late = try await PreparedWriters(patience_seconds: 0).examine(deployment)
            try await writer.query("ROLLBACK PREPARED 'left'")

            #expect(early.map(\.mark) == [.ok])
            #expect(late.map(\.mark) == [.warning])
            #expect(late.first?.text.hasPrefix("1 transaction prepared and not ended") == true)
        }
    }
}
