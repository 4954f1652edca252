import Postgres
import PostgresTestSupport

/// What befalls the daemon's sessions: ended by an administrator, refused, or not to be had.
extension Fault {
    /// The daemon's sessions by what they are for, told apart by their last query.
    static let roles: [(name: String, queries: String)] =
        StormNemesis.targets.compactMap { target in
            switch target.kind {
            case .listenersKilled: ("listener", target.queries)
            case .readersKilled: ("reader", target.queries)
            case .gatesKilled: ("gate", target.queries)
            case .loadersKilled: ("loaders", target.queries)
            default: nil
            }
        } + [("audits", "scene_sync.compare")]

    static let killed: [Fault] =
        (roles + [("every session", "")]).map { role in
            Fault(name: "\(role.name) killed") { try await $0.killSessions(role.queries) }
        }

    static func flapping(_ settings: ChaosSettings) -> Fault {
        let times = settings.isLong ? 20 : 3
        return Fault(name: "connections cut each second", isNoticed: true) { stage in
            for _ in 0..<times {
                stage.proxy.refuse()
                stage.proxy.cut()
                try await Task.sleep(for: .milliseconds(300))
                stage.proxy.heal()
                try await Task.sleep(for: .milliseconds(700))
            }
        }
    }

    static func tooMany(_ settings: ChaosSettings) -> Fault {
        Fault(
            name: "too many connections", span: settings.lasting(.seconds(2), .seconds(8)), isNoticed: true,
            begin: { stage in
                try await alterDaemon("CONNECTION LIMIT 3", on: stage)
                try await stage.killSessions()
            },
            heal: { stage in
                try await stage.expectUnready()
                try await alterDaemon("CONNECTION LIMIT -1", on: stage)
            })
    }

    static func wrongPassword(_ settings: ChaosSettings) -> Fault {
        Fault(
            name: "wrong password", span: settings.lasting(.seconds(2), .seconds(8)), isNoticed: true,
            begin: { stage in
                try await alterDaemon("PASSWORD 'another'", on: stage)
                try await stage.killSessions()
            },
            heal: { stage in
                try await stage.expectUnready()
                try await alterDaemon("PASSWORD '\(ChaosStage.password)'", on: stage)
            })
    }

    static func unknownNames(_ settings: ChaosSettings) -> Fault {
        Fault(
            name: "names not resolved", span: settings.lasting(.seconds(2), .seconds(8)), isNoticed: true,
            begin: { stage in
                stage.preload?.failNames(true)
                try await stage.killSessions()
            },
            heal: { stage in
                try await stage.expectUnready()
                stage.preload?.failNames(false)
            }, obstacle: noPreload)
    }

    static func noPreload(_ stage: ChaosStage) -> String? {
        stage.preload == nil ? "no compiler for C" : nil
    }

    private static func alterDaemon(_ change: String, on stage: ChaosStage) async throws {
        try await stage.asSuperuser { try await $0.query("ALTER ROLE \(Role.daemon.rawValue) \(change)") }
    }
}
