import Postgres
import PostgresTestSupport
import Testing

/// Crowds that come at once cost the database a query or a handful.
@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(3)))
struct HerdTests {
    @Test func `five thousand readers and streams of one cold project are one query`() async throws {
        let stage = try await Stage.start()
        let project = try await stage.insertProject()
        var connections: [HTTPConnection] = []
        for _ in 0..<5_000 { connections.append(try await HTTPConnection.open(port: stage.daemon.port)) }
        // The load waits until all have asked: not for long, as readers wait for five seconds only.
        let lock = try await stage.database.open(as: .owner)
        try await lock.query("BEGIN")
        try await lock.query("LOCK TABLE content_creation_requests IN ACCESS EXCLUSIVE MODE")
        let target = "/v1/projects/\(project)"
        for (number, connection) in connections.enumerated() {
            let part = number % 10 == 0 ? "" : "/events"
            try await connection.send(HTTPClient.bytes("GET", target + part, [:], nil))
        }
        try await eventually("all streams have come", within: .seconds(20)) {
            try await stage.metric("scenesync_subscribers") == 4_500
        }
        try await eventually("all readers have come", within: .seconds(20)) {
            try await stage.metric("scenesync_cache_misses_total") == 500
        }

        try await lock.query("COMMIT")

        for connection in connections {
            #expect(try await connection.readHead(until: .now + .seconds(20))?.status == 200)
        }
        #expect(try await stage.metric("scenesync_cache_loads_total") == 1)
        #expect(try await stage.metric("scenesync_cache_load_queries_total") == 1)
    }

    @Test func `two thousand cold projects are a handful of queries`() async throws {
        let stage = try await Stage.start()
        let rows = try await stage.writer.query(
            """
            INSERT INTO content_creation_requests (generated_output)
            SELECT '{"scenes": [{"index": 1}]}' FROM generate_series(1, 2000)
            RETURNING id::text
            """)
        let projects = (0..<rows.count).compactMap { rows.string($0, 0) }
        var connections: [HTTPConnection] = []
        for _ in projects { connections.append(try await HTTPConnection.open(port: stage.daemon.port)) }
        let lock = try await stage.database.open(as: .owner)
        try await lock.query("BEGIN")
        try await lock.query("LOCK TABLE content_creation_requests IN ACCESS EXCLUSIVE MODE")
        for (number, (project, connection)) in zip(projects, connections).enumerated() {
            let part = number % 2 == 0 ? "" : "/events"
            try await connection.send(HTTPClient.bytes("GET", "/v1/projects/\(project)\(part)", [:], nil))
        }
        try await eventually("all streams have come", within: .seconds(20)) {
            try await stage.metric("scenesync_subscribers") == 1_000
        }
        try await eventually("all readers have come", within: .seconds(20)) {
            try await stage.metric("scenesync_cache_misses_total") == 1_000
        }

        try await lock.query("COMMIT")

        for connection in connections {
            #expect(try await connection.readHead(until: .now + .seconds(20))?.status == 200)
        }
        #expect(try await stage.metric("scenesync_cache_loads_total") == 2_000)
        // One on each of the two sessions, which the lock holds; the rest has gathered behind them, for eight of 256.
        #expect(try await stage.metric("scenesync_cache_load_queries_total") <= 12)
    }
}
