import Postgres
import PostgresTestSupport
import Testing

/// Somebody listens, on whatever channel, and stays in his transaction: PostgreSQL keeps all notifications for him.
@Suite(.timeLimit(.minutes(2)))
struct NotificationQueueTests {
    @Test(
        .enabled("a queue so small that a test can fill it is PostgreSQL 17's") {
            try await Server.shared.version >= 17
        })
    func `no writer is failed by a full queue of notifications`() async throws {
        let server = try await Server.start(settings: ["max_notify_queue_pages": "64"])
        try await Database.with(.sceneSync, on: server) { database in
            let stage = try await Stage.start(on: database)
            let project = try await stage.insertProject()
            var viewer = try await Viewer.open(project, at: stage.daemon.port)
            try await viewer.read(through: "ready")
            let listener = try await database.open(as: .superuser)
            for statement in ["LISTEN other", "BEGIN", "SELECT 1"] { try await listener.query(statement) }

            while try await usage(stage) < 0.5 { try await notify(stage) }
            try await eventually("the writers use the table") { try await !stage.isQuiet() }
            await #expect(throws: PostgresError.self) { while true { try await notify(stage) } }
            for place in 0..<50 {
                try await stage.save("u\(place)", scene: 1, place: place, of: project)
                try await Task.sleep(for: .milliseconds(100))
            }
            let fullest = try await usage(stage)
            await listener.close()

            #expect(fullest > 0.9)
            try await viewer.read(to: try await stage.expected(project), within: .seconds(20))
            try await eventually("ready") { try await stage.client.get("/readyz").status == 200 }
        }
    }

    private func notify(_ stage: Stage) async throws {
        try await stage.admin.query("SELECT pg_notify('other', n || repeat('x', 7900)) FROM generate_series(1, 2) AS n")
    }

    private func usage(_ stage: Stage) async throws -> Double {
        let text = try await stage.admin.query("SELECT pg_notification_queue_usage()").string(0, 0)
        return text.flatMap { Double($0) } ?? 0
    }
}

extension Server {
    /// The major one.
    fileprivate var version: Int {
        get async throws {
            let session = try await open()
            let number = try await session.query("SELECT current_setting('server_version_num')").string(0, 0)
            await session.close()
            return number.flatMap { Int($0) }.map { $0 / 10_000 } ?? 0
        }
    }
}
