import Postgres
import PostgresTestSupport
import Testing

/// What policies cost: who may read is asked for a stream, and not for what the stream is told.
@Suite(.database(.supabase), .timeLimit(.minutes(1)))
struct RightsCountTests {
    @Test func `the database is asked once for a stream, however many events come`() async throws {
        let database = try Database.current
        let admin = try await database.open(as: .superuser)
        try await admin.query("ALTER DATABASE \"\(database.name)\" SET track_functions = 'pl'")
        let stage = try await Stage.startWithRowSecurity(["--busy-above", "100000"])
        let project = try await stage.insertProject(of: Stage.alice)
        let stream = try await EventStream.open(
            port: stage.daemon.port, "/v1/projects/\(project)/events",
            headers: Tokens.header(Tokens.of(user: Stage.alice)))
        _ = try await stream.events(through: "ready")

        for number in 0..<20 {
            try await stage.save("\(number)", scene: 1, place: number, of: project)
            _ = try await stream.nextEvent(named: "scene")
        }
        // What its sessions have counted is told when they end.
        #expect(await stage.daemon.stop() == 0)

        var calls: Int64 = 0
        try await eventually("the calls are told") {
            calls =
                try await admin.query(
                    "SELECT sum(calls)::bigint FROM pg_stat_user_functions WHERE funcname = 'may_read'"
                ).int64(0, 0) ?? 0
            return calls > 0
        }
        #expect(calls == 1)
        await admin.close()
    }
}
