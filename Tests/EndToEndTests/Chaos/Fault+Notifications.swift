import Postgres
import PostgresTestSupport

/// What befalls the announcements: forged ones, too many, none.
extension Fault {
    private static let announcers = """
        SELECT format('ALTER TABLE %s %s TRIGGER %I', tgrelid::regclass, $1::text, tgname)
        FROM pg_trigger
        WHERE tgname LIKE 'scene_sync%announce%' AND NOT tgisinternal
        """

    /// As only a superuser can, who knows the channel: garbage, and what our triggers could have said.
    static func forged(_ settings: ChaosSettings) -> Fault {
        let count = settings.isLong ? 20_000 : 3_000
        return Fault(name: "forged and garbage notifications") { stage in
            let project = stage.world.projects[0].id
            try await stage.asSuperuser { session in
                guard let channel = try await session.query("SELECT channel FROM scene_sync.settings").string(0, 0)
                else { throw ChaosError.notSo("there is no channel") }
                let forged = """
                    {"v":1,"op":"update","project":"\(project)","xid":"9000000000","n":900000000000,"at":1,"began":1,
                    "pid":1,"rows":1,"set":[[1,0,"https://evil.example/x.png"]]}
                    """.replacing("\n", with: "")
                for payload in ["", "{}", forged, String(repeating: "0", count: 32) + forged, "\u{1}\u{7f}é"] {
                    try await session.query(
                        "SELECT pg_notify($1, $2 || repeat(' ', n)) FROM generate_series(1, $3::integer) AS n",
                        [channel, payload, String(min(count / 5, 7_000))])
                }
            }
        }
    }

    /// Somebody listens in a transaction that does not end, and others notify much.
    static func queuePressure(_ settings: ChaosSettings) -> Fault {
        let thousands = settings.isLong ? 20 : 4
        return Fault(name: "notification queue under pressure") { stage in
            try await stage.asSuperuser { listener in
                try await listener.query("LISTEN other")
                try await listener.query("BEGIN")
                try await listener.query("SELECT 1")
                try await stage.asSuperuser { session in
                    for _ in 0..<thousands {
                        try await session.query(
                            "SELECT pg_notify('other', n || repeat('x', 7900)) FROM generate_series(1, 1000) AS n")
                    }
                    let usage = try await session.query("SELECT pg_notification_queue_usage()").string(0, 0)
                    let share = usage.flatMap { Double($0) } ?? 0
                    guard share > Double(thousands) / 2_000 else {
                        throw ChaosError.notSo("the queue is filled, to \(share)")
                    }
                }
                try await listener.query("ROLLBACK")
            }
        }
    }

    /// Writes that no trigger announces: the audit has to find them.
    static func silentTriggers(_ settings: ChaosSettings) -> Fault {
        Fault(
            name: "triggers disabled", span: settings.lasting(.seconds(2), .seconds(5)), isUnannounced: true,
            begin: { stage in
                stage.world.excusesLag = true
                try await change("DISABLE", on: stage)
            }, heal: { try await change("ENABLE", on: $0) })
    }

    private static func change(_ change: String, on stage: ChaosStage) async throws {
        try await stage.asSuperuser { session in
            let statements = try await session.query(announcers, [change])
            guard statements.count > 0 else { throw ChaosError.notSo("there is no trigger to \(change)") }
            for row in 0..<statements.count { try await session.query(statements.string(row, 0) ?? "") }
        }
    }
}
