import Postgres
import PostgresTestSupport
import Testing

/// What becomes of a write through the API whose session is lost: its client hears that, or nothing, and asks again with
/// the same key.
@Suite(.database(.sceneSync), .timeLimit(.minutes(2)))
struct WriteLossTests {
    private static let image = #"{"scene_index": 1, "image_index": "next", "image_url": "x"}"#
    private static let writes = "query LIKE '%scene_sync.write%'"
    /// No client waits for longer: the daemon gives up a session that says nothing.
    private static let patience = Duration.seconds(35)

    enum Strike: CaseIterable {
        case killed, silent, serverGone, daemonGone
    }

    @Test(arguments: Strike.allCases)
    func `a write whose answer is lost is made once, and its key has the answer`(strike: Strike) async throws {
        let proxy = try Proxy(to: Database.current.server.port)
        let stage = try await Stage.start(through: proxy)
        let project = try await stage.insertProject()
        var viewer = try await Viewer.open(project, at: stage.daemon.port)
        try await viewer.read(through: "ready")
        let holder = try await stage.database.open(as: .superuser)
        try await holder.query("BEGIN")
        try await holder.query("LOCK generated_images IN EXCLUSIVE MODE")

        async let asked = stage.images("POST", project, Self.image, key: "k", within: Self.patience)
        let waits = "wait_event_type = 'Lock' AND \(Self.writes)"
        try await eventually("the write is under way") { try await stage.sessions(where: waits).count == 1 }
        let ports = try await stage.ports(where: waits)
        switch strike {
        case .killed:
            let pid = try await stage.sessions(where: waits)[0]
            try await stage.admin.query("SELECT pg_terminate_backend($1::integer)", ["\(pid)"])
        case .silent: proxy.silence([.toServer, .toClient], of: ports)
        case .serverGone: proxy.lose(.server, of: ports)
        case .daemonGone: proxy.lose(.client, of: ports)
        }
        try await holder.query("COMMIT")
        let lost = try await asked
        proxy.heal()
        let retried = try await retry(on: stage, project)

        #expect(lost.status == 503)
        #expect(retried.status == 201)
        #expect(retried.places == ["1/0=x"])
        #expect(try await stage.imageCount(project) == 1)
        try await viewer.read(to: try await stage.expected(project), within: .seconds(20))
    }

    /// It arrives when the way is healed, and others have had the answer meanwhile.
    @Test func `a write that arrives after its retry is made once`() async throws {
        let proxy = try Proxy(to: Database.current.server.port)
        let stage = try await Stage.start(through: proxy)
        let project = try await stage.insertProject()
        let first = try await stage.images("POST", project, Self.image)

        proxy.silence([.toServer], of: try await stage.ports(where: Self.writes))
        let lost = try await stage.images("POST", project, Self.image, key: "k", within: Self.patience)
        let retried = try await retry(on: stage, project)
        let sessions = try await stage.sessions(where: Self.writes).count
        proxy.heal()
        try await eventually("what was held back has arrived, and its session ended") {
            try await stage.sessions(where: Self.writes).count < sessions
        }

        #expect(first.status == 201)
        #expect(lost.status == 503)
        #expect(retried.places == ["1/1=x"])
        #expect(try await stage.imageCount(project) == 2)
    }

    private func retry(on stage: Stage, _ project: String) async throws -> HTTPAnswer {
        var answer = HTTPAnswer?.none
        try await eventually("an answer", within: Self.patience) {
            answer = try await stage.images("POST", project, Self.image, key: "k", within: Self.patience)
            return ![409, 503].contains(answer?.status)
        }
        return try #require(answer)
    }
}
