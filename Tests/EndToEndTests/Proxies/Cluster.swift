import Glibc
import PostgresTestSupport
import Synchronization
import Testing

/// Several daemons on one database behind nginx, with what all clients of them share.
final class Cluster: Sendable {
    let proxy: ProxyProcess
    let ports: [Int]
    let findings = StormFindings()
    let counts = StormCounts()
    let revisions = RevisionBook()
    private let database: Database
    private let daemons: Mutex<[DaemonProcess]>
    private let over = Atomic<Bool>(false)

    private init(_ daemons: [DaemonProcess], _ proxy: ProxyProcess, _ database: Database) {
        ports = daemons.map(\.port)
        self.daemons = Mutex(daemons)
        self.proxy = proxy
        self.database = database
    }

    /// Returns once all of them are live.
    static func start(_ count: Int, on database: Database) async throws -> Cluster {
        var daemons: [DaemonProcess] = []
        for _ in 0..<count { daemons.append(try await DaemonProcess.start(database: Self.connection(database))) }
        for daemon in daemons { try await daemon.logLine(containing: "live: ", within: .seconds(20)) }
        return Cluster(daemons, try await ProxyProcess.start(.nginx, of: daemons.map(\.port)), database)
    }

    /// Restarts each daemon in its turn, the next one when the last is live again.
    func restartAll() async throws {
        for index in ports.indices {
            let old = daemons.withLock { $0[index] }
            #expect(await old.stop() == 0)
            let new = try await DaemonProcess.start(
                ["--listen", "127.0.0.1:\(ports[index])"], database: Self.connection(database))
            try await new.logLine(containing: "live: ", within: .seconds(20))
            daemons.withLock { $0[index] = new }
            counts.add(.restarts)
        }
    }

    var isOver: Bool {
        over.load(ordering: .relaxed) || !findings.isEmpty
    }

    func end() {
        over.store(true, ordering: .relaxed)
    }

    func logs() -> String {
        daemons.withLock { $0.flatMap { $0.log.suffix(20) }.joined(separator: "\n") }
    }

    private static func connection(_ database: Database) -> String {
        database.connectionString(as: .daemon)
    }
}
