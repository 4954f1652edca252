import Postgres
import Synchronization

/// A throw-away PostgreSQL. It stops, and its folder goes, with its last holder or with the test process, however that ends.
package final class Server: Sendable {
    package enum StopMode: String, Sendable {
        case smart, fast, immediate
    }

    /// The one that all tests of the process share, each with a database of its own.
    package static var shared: Server {
        get async throws { try await sharedTask.value }
    }

    package let port: Int
    package let folder: String
    /// A loop for the tests' own sessions.
    package let loop: PollLoop
    let templates = Templates()

    private let process: ServerProcess
    private let settings: [String: String]
    private static let sharedTask = Task { try await start() }

    private init(_ process: ServerProcess, _ settings: [String: String], port: Int, folder: String) throws {
        self.process = process
        self.settings = settings
        self.port = port
        self.folder = folder
        loop = try PollLoop.start(name: "test-postgres")
    }

    /// A private one, to be stopped and restarted. `settings` as in `["fsync": "on"]`.
    /// With `tls` its certificate is `server.crt` in its folder, for 127.0.0.1 and localhost.
    package static func start(settings: [String: String] = [:], tls: Bool = false) async throws -> Server {
        let server = try await start(settings, tls ? ["--tls"] : [])
        let session = try await server.open()
        try await session.run(script: Role.allCases.map(\.definition).joined())
        await session.close()
        return server
    }

    /// A copy of this one that follows it, to be promoted.
    package func startStandby() async throws -> Server {
        try await Self.start(settings, ["--standby-of", String(port)])
    }

    private static func start(_ settings: [String: String], _ options: [String]) async throws -> Server {
        let script = "\(#filePath.dropLast("Server.swift".count))postgres-for-tests.sh"
        let arguments = settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        let process = try ServerProcess(script: script, arguments: options + arguments)
        let words = try await process.answer().split(separator: " ")
        guard words.count == 3, words[0] == "ready", let port = Int(words[1]) else { throw ServerProcessError.ended }
        return try Server(process, settings, port: port, folder: String(words[2]))
    }

    package func stop(_ mode: StopMode) async throws {
        _ = try await process.send("stop \(mode)")
    }

    package func start() async throws {
        _ = try await process.send("start")
    }

    package func restart(_ mode: StopMode) async throws {
        _ = try await process.send("restart \(mode)")
    }

    /// By TCP, so that a test of the daemon tests what is used.
    package func connectionString(database: String = "postgres", as role: Role = .superuser) -> String {
        "host=127.0.0.1 port=\(port) user=\(role.rawValue) dbname=\(database)"
    }

    package func open(database: String = "postgres", as role: Role = .superuser) async throws -> Session {
        try await Session.open(ConnectionSettings(connectionString(database: database, as: role)), on: loop)
    }
}
