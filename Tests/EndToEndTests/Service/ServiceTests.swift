import Glibc
import Postgres
import PostgresTestSupport
import Testing

/// What the daemon says to systemd, at the socket that this gives it.
@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct ServiceTests {
    private let database: Database

    init() throws {
        database = try Database.current
    }

    private func start(
        _ socket: ServiceSocket, _ flags: [String] = [], watchdog_microseconds: Int? = nil, database: String? = nil
    ) async throws -> DaemonProcess {
        var environment = ["NOTIFY_SOCKET": socket.name]
        environment["WATCHDOG_USEC"] = watchdog_microseconds.map(String.init)
        return try await DaemonProcess.start(
            flags, database: database ?? self.database.connectionString(as: .daemon), environment: environment)
    }

    @Test(arguments: ServiceSocket.Kind.allCases)
    func `READY comes when the feed is live, and not before`(kind: ServiceSocket.Kind) async throws {
        let socket = try ServiceSocket(kind)
        let writer = try await database.open(as: .writer)
        try await writer.query("BEGIN")
        try await writer.query("INSERT INTO content_creation_requests (generated_output) VALUES ('{}')")

        let daemon = try await start(socket)
        let before = try await socket.lines(through: "STATUS=The feed is not safe yet")
        try await daemon.logLine(containing: "not safe yet")
        let meanwhile = try await socket.lines(during: .seconds(1))
        try await writer.query("COMMIT")
        let after = try await socket.lines(through: "STATUS=live")

        #expect(!before.contains("READY=1"))
        #expect(before.last?.contains("pid \(writer.backendPID)") == true)
        #expect(!meanwhile.contains("READY=1"))
        #expect(after.filter { !$0.hasPrefix("STATUS=") } == ["READY=1"], "nobody asked for food for a watchdog")
        #expect(try await daemon.client().get("/readyz").status == 200)
    }

    @Test func `the watchdog is fed by the turns of the feed, and by nothing else`() async throws {
        let socket = try ServiceSocket()
        let daemon = try await start(socket, watchdog_microseconds: 1_000_000)
        _ = try await socket.lines(through: "READY=1")
        _ = try await socket.lines(through: "WATCHDOG=1", within: .seconds(1))

        let hold = try await HeldThread.hold("feed", of: daemon.pid)
        // What was under way when it was stopped.
        _ = try await socket.lines(during: .milliseconds(100))
        let hungry = try await socket.lines(during: .seconds(3))
        let health = try await daemon.client().get("/healthz")
        try await hold.release()
        let fed = try await socket.lines(through: "WATCHDOG=1", within: .seconds(5))

        #expect(hungry == [])
        #expect(health.status == 200, "the rest of the daemon was well")
        #expect(fed.last == "WATCHDOG=1")
    }

    @Test func `the watchdog is fed while the database is away, and a start does not end for it`() async throws {
        let socket = try ServiceSocket()
        let daemon = try await start(
            socket, watchdog_microseconds: 2_000_000, database: "host=127.0.0.1 port=1 user=x dbname=x")

        let lines = try await socket.lines(through: "READY=1", within: .seconds(30))

        #expect(lines.filter { $0 == "WATCHDOG=1" }.count >= 8, "\(lines)")
        #expect(lines.contains { $0.hasPrefix("STATUS=The database is lost since") && $0.contains("refused") })
        #expect(!lines.contains("STATUS=live"))
        #expect(try await daemon.client().get("/readyz").status == 503)
    }

    @Test func `SIGHUP is a reload with a beginning and an end, SIGTERM is told before anything ends`() async throws {
        let socket = try ServiceSocket()
        let daemon = try await start(socket, ["--drain-delay", "1"])
        _ = try await socket.lines(through: "STATUS=live")

        daemon.signal(SIGHUP)
        let reload = [try await socket.next(), try await socket.next()]
        daemon.signal(SIGTERM)
        let stop = try await socket.next()
        let health = try await daemon.client().get("/healthz")
        let status = await daemon.waitForExit()
        let late = try await socket.lines(during: .milliseconds(100))

        #expect(reload[0].first == "RELOADING=1")
        #expect(reload[0].last?.hasPrefix("MONOTONIC_USEC=") == true)
        #expect(reload[1] == ["READY=1"])
        #expect(stop.first == "STOPPING=1")
        #expect(health.status == 200, "within the drain delay it serves as before")
        #expect(status == 0)
        #expect(!late.contains("READY=1"))
    }

    @Test func `a socket that is none is said, and the daemon serves`() async throws {
        let daemon = try await DaemonProcess.start(
            database: database.connectionString(as: .daemon), environment: ["NOTIFY_SOCKET": "vsock:2:1234"])

        let line = try await daemon.logLine(containing: "systemd is not told")
        try await daemon.logLine(containing: "live: ")

        #expect(line.contains("vsock:2:1234"))
    }
}
