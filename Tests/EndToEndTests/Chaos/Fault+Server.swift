import Glibc
import Postgres
import PostgresTestSupport

/// What befalls the server as a whole.
extension Fault {
    static let restartedFast = Fault(name: "server restarted, fast") { try await $0.server.restart(.fast) }

    static let restartedImmediate = Fault(name: "server restarted, immediate") {
        try await $0.server.restart(.immediate)
    }

    /// The postmaster ends all others and recovers.
    static let backendKilled = Fault(name: "SIGKILL of a backend") { stage in
        let pid = try await stage.asSuperuser { session in
            try await session.query(
                """
                SELECT pid FROM pg_stat_activity WHERE usename = '\(Role.writer.rawValue)' ORDER BY backend_start LIMIT 1
                """
            ).int64(0, 0)
        }
        guard let pid else { throw ChaosError.notSo("no writer has a session") }
        kill(pid_t(pid), SIGKILL)
    }

    static func down(_ settings: ChaosSettings) -> Fault {
        Fault(
            name: "server down", span: settings.lasting(.seconds(3), .seconds(60)), isNoticed: true,
            begin: { try await $0.server.stop(.fast) }, heal: { try await $0.server.start() })
    }
}
