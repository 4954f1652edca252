import Glibc
import Postgres
import PostgresTestSupport

/// A PgBouncer before a test's database, gone with its last holder.
final class Pooler: Sendable {
    let connectionString: String
    private let child: ChildProcess
    private let folder: TemporaryFolder

    private init(_ child: ChildProcess, _ folder: TemporaryFolder, _ connectionString: String) {
        self.child = child
        self.folder = folder
        self.connectionString = connectionString
    }

    deinit {
        child.kill()
    }

    /// `takesOptions`: whether a session may come with settings, as the daemon's do; by default it is refused then.
    static func start(of database: Database, mode: String, takesOptions: Bool = true) async throws -> Pooler {
        let folder = try TemporaryFolder()
        // It refuses to be root, and a change of user ends what dies with its parent: hence once more.
        let user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
        let wrapper = getuid() == 0 ? ["/usr/bin/setpriv"] + user + ["--pdeathsig=KILL", "--"] : []
        for _ in 0..<20 {
            let port = Int.random(in: 20_000..<30_000)
            // `any` sends every session in as the one user that is named here.
            let settings = try folder.write(
                """
                [databases]
                * = host=127.0.0.1 port=\(database.server.port) user=\(Role.owner.rawValue)
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = \(port)
                unix_socket_dir =
                auth_type = any
                pool_mode = \(mode)
                \(takesOptions ? "ignore_startup_parameters = options" : "")
                """, to: "pgbouncer.ini")
            let child = try await ChildProcess.start(wrapper + ["/usr/sbin/pgbouncer", settings])
            let lines = LogLines()
            lines.read(child.errors)
            // A port that is taken ends it.
            guard (try? await lines.first(within: .seconds(10)) { $0.contains("process up") }) != nil else { continue }
            return Pooler(
                child, folder,
                "host=127.0.0.1 port=\(port) user=\(Role.owner.rawValue) dbname=\(database.name)")
        }
        throw TransportError.closed("no PgBouncer")
    }
}
