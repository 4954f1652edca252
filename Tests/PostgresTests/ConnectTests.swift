import PostgresTestSupport
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(2)))
struct ConnectTests {
    @Test func `a server that is not there is unreachable at once`() async throws {
        let loop = try PollLoop.start(name: "connect")
        let settings = ConnectionSettings("host=127.0.0.1 port=1 user=nobody password=secret")

        let error = await #expect(throws: PostgresError.self) { try await Session.open(settings, on: loop) }

        #expect(error?.isUnreachable == true)
        #expect(error?.description.contains("Connection refused") == true)
        #expect(error?.description.contains("secret") == false)
        #expect(error?.description.contains("\n") == false)
    }

    @Test func `a server that accepts and says nothing is given up in time`() async throws {
        let loop = try PollLoop.start(name: "connect")
        let listener = try BlackHole()
        // libpq itself would wait for ever.
        let settings = ConnectionSettings(
            "host=127.0.0.1 port=\(listener.port) user=me password=secret dbname=app connect_timeout=0")

        let begin = ContinuousClock.now
        let error = await #expect(throws: PostgresError.self) {
            try await Session.open(settings.within(.milliseconds(300)), on: loop)
        }

        #expect(ContinuousClock.now - begin < .seconds(2.5))
        #expect(
            error?.description == "database unreachable: no answer within 1.3 seconds "
                + "(host=127.0.0.1 port=\(listener.port) dbname=app user=me)")
    }

    @Test func `the second host is tried when the first says nothing`() async throws {
        let server = try await Server.shared
        let listener = try BlackHole()
        let settings = ConnectionSettings(
            "postgresql://postgres@127.0.0.1:\(listener.port),127.0.0.1:\(server.port)/postgres")

        let session = try await Session.open(settings, on: server.loop)

        #expect(try await session.query("SELECT 1").count == 1)
    }

    /// Else each attempt would be given up before libpq comes to the last address, and begin with the first one again.
    @Test(arguments: [
        ("host=192.0.2.1", 5), ("host=/run/postgresql", 5), ("host=192.0.2.1 connect_timeout=20", 20),
        ("host=192.0.2.1,192.0.2.2,192.0.2.3 connect_timeout=1", 6), ("host=a.example,b.example", 12),
        ("host=a.example hostaddr=192.0.2.1", 5), ("host=db.example", 15), ("host=db.example connect_timeout=10", 30),
    ])
    func `there is time for each address`(connectionString: String, seconds: Int) throws {
        #expect(try ConnectionSettings(connectionString).patience() > .seconds(seconds))
    }

    @Test func `a cancelled caller waits no longer`() async throws {
        let loop = try PollLoop.start(name: "connect")
        let listener = try BlackHole()
        let settings = ConnectionSettings("host=127.0.0.1 port=\(listener.port) user=nobody")
        let opening = Task { try await Session.open(settings, on: loop) }

        opening.cancel()

        await #expect(throws: CancellationError.self) { try await opening.value }
    }

    @Test func `an unreadable connection string is not quoted`() async throws {
        let loop = try PollLoop.start(name: "connect")
        let settings = ConnectionSettings("postgresql://me:secret@[nowhere")

        let error = await #expect(throws: PostgresError.self) { try await Session.open(settings, on: loop) }

        #expect(
            error == .badSettings("not a connection string of libpq (key=value pairs or a postgresql:// URI)"))
        #expect(settings.description == "unreadable connection string")
    }

    @Test(arguments: [
        "postgresql://me:secret@db.example:6000/app?sslmode=require",
        "host=db.example port=6000 user=me password=secret dbname=app",
    ])
    func `a description has no password`(connectionString: String) {
        let settings = ConnectionSettings(connectionString)

        #expect(settings.description == "host=db.example port=6000 dbname=app user=me")
    }

    @Test func `what we set is set, and what the string sets wins`() async throws {
        let server = try await Server.shared
        let settings = ConnectionSettings(
            server.connectionString() + " application_name=theirs options='-c work_mem=7MB -c tcp_keepalives_count=4'",
            applicationName: "ours",
            options: ["synchronous_commit": "off", "DateStyle": "ISO, DMY", "work_mem": "9MB"])

        let session = try await Session.open(settings, on: server.loop)

        let expected = [
            "application_name": "theirs", "work_mem": "7MB", "synchronous_commit": "off", "DateStyle": "ISO, DMY",
            "tcp_keepalives_idle": "5", "tcp_keepalives_count": "4", "tcp_user_timeout": "10000",
            "client_encoding": "UTF8",
        ]
        for (name, value) in expected {
            #expect(try await session.query("SELECT current_setting($1)", [name]).string(0, 0) == value)
        }
    }

    @Test func `an application has our name where nobody gives another`() async throws {
        let server = try await Server.shared

        let session = try await Session.open(ConnectionSettings(server.connectionString()), on: server.loop)

        #expect(try await session.query("SHOW application_name").string(0, 0) == "scenesync")
        #expect(session.serverVersion >= 140_000)
        #expect(try await session.query("SELECT pg_backend_pid()").int64(0, 0) == Int64(session.backendPID))
    }

    @Test func `a server that cannot be written is refused`() async throws {
        try await Database.with(on: Server.shared) { database in
            let admin = try await database.open(as: .superuser)
            try await admin.query("ALTER DATABASE \(database.name) SET default_transaction_read_only = on")

            let error = await #expect(throws: PostgresError.self) { try await database.open() }

            #expect(error?.description.contains("session is read-only") == true)
        }
    }
}

extension ConnectionSettings {
    func within(_ timeout: Duration) -> ConnectionSettings {
        var settings = self
        settings.connectTimeout = timeout
        return settings
    }
}
