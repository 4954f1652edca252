import Glibc
import Postgres
import PostgresTestSupport
import Testing

/// A daemon whose connection string leads through PgBouncer.
@Suite(.database(.sceneSync), .serialized, .timeLimit(.minutes(2)))
struct PoolerTests {
    private let database: Database

    init() throws {
        database = try Database.current
    }

    @Test func `a pooler in transaction mode is refused with the cure, and no lock is left with it`() async throws {
        let pooler = try await Pooler.start(of: database, mode: "transaction")
        let daemon = try await DaemonProcess.start(database: pooler.connectionString)

        let line = try await daemon.logLine(containing: "stale: ", within: .seconds(20))
        let ready = try await daemon.client().get("/readyz")
        let detail = try JSONReader.read(ready.text)["detail"]?.plainString ?? ""

        for text in [line, detail] {
            #expect(text.contains("a pooler in transaction mode swallows LISTEN"))
            #expect(text.contains("session mode") && text.contains("5432") && text.contains("6543"))
        }
        #expect(ready.status == 503)
        #expect(daemon.exitStatus == nil, "it waits for better times")
        let admin = try await database.open(as: .superuser)
        let locks = try await admin.query(
            """
            SELECT count(*) FROM pg_locks
            WHERE locktype = 'advisory' AND objsubid = 2
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """)
        #expect(locks.int64(0, 0) == 0)
        // Another one that comes by a better way is not hindered.
        let stage = try await Stage.start(on: database)
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        try await stage.save("u", scene: 1, of: project)
        try await viewer.read(to: try await stage.expected(project))
    }

    @Test func `through a pooler in session mode everything works`() async throws {
        let pooler = try await Pooler.start(of: database, mode: "session")
        let daemon = try await DaemonProcess.start(database: pooler.connectionString)
        try await daemon.logLine(containing: "live: ", within: .seconds(20))
        let direct = try await Stage.start(on: database)
        let project = try await direct.insertProject()
        let places = "/v1/projects/\(project)/images"
        var viewer = try await Viewer.open(project, at: daemon.port)
        try await viewer.read(through: "ready")

        try await direct.save("by sql", scene: 1, of: project)
        try await viewer.read(to: try await direct.expected(project))
        let written = try await daemon.client().request(
            "POST", places, ["Content-Type": "application/json"],
            body: Array(#"{"scene_index": 2, "image_url": "by the daemon"}"#.utf8))
        try await viewer.read(to: try await direct.expected(project))
        // Its locks are free as soon as it is gone: the pooler must not keep them.
        daemon.kill()
        _ = await daemon.waitForExit()
        let next = try await DaemonProcess.start(database: pooler.connectionString)
        try await next.logLine(containing: "live: ", within: .seconds(20))
        try await viewer.reconnect(to: next.port)
        let events = try await viewer.read(through: "ready")

        #expect(written.status == 201)
        #expect(viewer.mirror.counts["stale"] == nil)
        #expect(events.names == ["ready"])
    }

    @Test func `a pooler that takes no settings is refused with the cure`() async throws {
        let pooler = try await Pooler.start(of: database, mode: "session", takesOptions: false)
        let daemon = try await DaemonProcess.start(database: pooler.connectionString)

        let line = try await daemon.logLine(containing: "stale: ", within: .seconds(20))

        #expect(line.contains("unsupported startup parameter"))
        #expect(line.contains("ignore_startup_parameters = options"))
    }

    @Test func `timeouts of the role that a pooler keeps from us are found by doctor`() async throws {
        let admin = try await database.open(as: .superuser)
        try await admin.query(
            "ALTER ROLE \(Role.owner.rawValue) IN DATABASE \(database.name) SET idle_session_timeout = '10min'")
        let pooler = try await Pooler.start(of: database, mode: "session")

        let pooled = try await DoctorRun.make(pooler.connectionString)
        let direct = try await DoctorRun.make(database.connectionString())

        #expect(pooled.of("settings").contains { $0.text.contains("idle_session_timeout is 10min") }, "\(pooled)")
        #expect(
            pooled.of("settings").contains { $0.cure.contains("ALTER ROLE app_owner SET idle_session_timeout = '0'") })
        #expect(direct.of("settings").map(\.mark) == ["ok"], "\(direct)")
    }
}
