import FoundationEssentials
import Glibc
import Postgres
import PostgresTestSupport
import Synchronization

/// What faults befall: the daemon of a storm, two proxies that it knows its database by, and the server behind them.
final class ChaosStage: Sendable {
    static let password = "the right one"

    let settings: ChaosSettings
    let storm: Storm
    let daemon: DaemonProcess
    /// The first leads to the server that the storm began with, the second to the one that has taken its place.
    let proxies: [Proxy]
    let preload: Preload?
    let watch: ChaosWatch
    /// Which proxy leads to the primary.
    private let leading = Mutex(0)

    init(
        _ settings: ChaosSettings, storm: Storm, daemon: DaemonProcess, proxies: [Proxy], preload: Preload?
    ) {
        self.settings = settings
        self.storm = storm
        self.daemon = daemon
        self.proxies = proxies
        self.preload = preload
        watch = ChaosWatch(daemon)
    }

    var world: StormWorld { storm.world }
    var database: Database { world.database }
    var server: Server { database.server }
    /// The one that leads to the primary.
    var proxy: Proxy { proxies[leading.withLock { $0 }] }
    /// The one that the next primary is behind.
    var otherProxy: Proxy { proxies[1 - leading.withLock { $0 }] }

    /// What is behind the other proxy is the primary now.
    func move(to server: Server) {
        world.move(to: database.on(server))
        leading.withLock { $0 = 1 - $0 }
    }

    /// Now it happens, where that is not when a fault begins.
    func noteStrike() {
        watch.noteStrike()
    }

    /// A session of the superuser's, for one piece of work.
    @discardableResult
    func asSuperuser<R>(_ body: (Session) async throws -> R) async throws -> R {
        let session = try await database.open(as: .superuser)
        let result: Result<R, any Error>
        do { result = .success(try await body(session)) } catch { result = .failure(error) }
        await session.close()
        return try result.get()
    }

    /// The daemon's sessions whose last query is like this: their pids, and the ports that they come from.
    func sessions(_ queries: String = "") async throws -> [(pid: pid_t, port: Int)] {
        try await asSuperuser { session in
            let rows = try await session.query(
                """
                SELECT pid, client_port
                FROM pg_stat_activity
                WHERE usename = $1 AND datname = current_database() AND application_name = 'scenesync' AND query ~ $2
                """, [Role.daemon.rawValue, queries])
            return (0..<rows.count).compactMap { row in
                guard let pid = rows.int64(row, 0), let port = rows.int64(row, 1) else { return nil }
                return (pid_t(pid), Int(port))
            }
        }
    }

    /// The same; a fault that hits nobody is none. New ones show what they are for within a second or two.
    func found(_ queries: String) async throws -> [(pid: pid_t, port: Int)] {
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            let found = try await sessions(queries)
            if !found.isEmpty {
                // Nothing has happened until now.
                watch.noteStrike()
                return found
            }
            guard .now < deadline else { throw ChaosError.notSo("no session of the daemon's is like \(queries)") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Ends them as an administrator would.
    func killSessions(_ queries: String = "") async throws {
        let pids = try await found(queries).map { "\($0.pid)" }
        try await asSuperuser { session in
            try await session.query(
                "SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid",
                ["{\(pids.joined(separator: ","))}"])
        }
    }

    /// While nobody writes and all has been checked, `change` makes the database one that knows less, and leaves its
    /// server running.
    func rewind(by change: () async throws -> Void) async throws {
        try await storm.audit.run(admittingOpenTransactions: false) {
            let last = try await states()
            world.ledger.forget(allBut: last)
            storm.audit.forgetSights()
            try await change()
            for (project, entries) in try await states() { world.ledger.add(entries, to: project) }
        }
    }

    /// Those of now of the projects that are followed.
    private func states() async throws -> [String: [StormLedger.Entry]] {
        let writer = try await database.open(as: .writer)
        let followed = world.projects.filter { $0.writer != nil }.map(\.id)
        let states = try await StormSchema.entries(of: followed, by: writer)
        await writer.close()
        return states
    }

    /// A fault that the daemon gets over before it is healed is none.
    func expectUnready() async throws {
        let status = try await daemon.client().get("/readyz").status
        guard status == 503 else { throw ChaosError.notSo("the daemon is out, it answers \(status)") }
    }

    /// What the daemon takes the time for, against ours.
    func expectClock(ahead_seconds: Int64) async throws {
        let text = try await daemon.client().get("/v1/monitor").json?["at"]?.plainString ?? "no time"
        let time = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        guard let time, abs(time.timeIntervalSinceNow - Double(ahead_seconds)) < 60 else {
            throw ChaosError.notSo("its clock is \(ahead_seconds) s ahead, it says \(text)")
        }
    }

    func run(_ script: String) async throws {
        let run = try await Program.sh(script)
        guard run.status == 0 else { throw ChaosError.scriptFailed(run.text) }
    }
}

/// Why a fault could not be brought about.
enum ChaosError: Error {
    case scriptFailed(String)
    case notSo(String)
}
