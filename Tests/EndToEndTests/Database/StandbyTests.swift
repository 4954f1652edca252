import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// A server that takes no writes, until it is promoted.
@Suite(.timeLimit(.minutes(2)))
struct StandbyTests {
    @Test func `a standby is refused with the cure, and served from once it is promoted`() async throws {
        let server = try await Server.start()
        try await Database.with(.sceneSync, on: server) { database in
            let writer = try await database.open(as: .writer)
            let rows = try await writer.query(
                "INSERT INTO content_creation_requests (generated_output) VALUES ('{\"scenes\": []}') RETURNING id::text"
            )
            let project = try #require(rows.string(0, 0))
            try await server.stop(.fast)
            try Data().write(to: URL(filePath: server.folder + "/data/standby.signal"))
            try await server.start()

            let daemon = try await DaemonProcess.start(database: database.connectionString(as: .daemon))
            let line = try await daemon.logLine(containing: "stale: ")
            let ready = try await daemon.client().get("/readyz")
            let refused = try await daemon.client().get("/v1/projects/\(project)")
            var settings = database.settings(as: .superuser)
            settings.wantsPrimary = false
            let admin = try await Session.open(settings, on: server.loop)
            try await admin.query("SELECT pg_promote()")
            try await daemon.logLine(containing: "live: ", within: .seconds(15))
            let read = try await daemon.client().get("/v1/projects/\(project)")

            for text in [line, ready.text] {
                #expect(text.contains("it is a standby"))
                #expect(text.contains("target_session_attrs=read-write"))
            }
            #expect(ready.status == 503)
            #expect(refused.status == 503)
            #expect(read.status == 200)
        }
    }
}
