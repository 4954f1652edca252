import Postgres
import PostgresTestSupport
import Testing

@Suite(.bothWays, .database(.sceneSync), .serialized, .timeLimit(.minutes(2)))
struct ResumeElsewhereTests {
    @Test func `a revision beyond the history is answered by a snapshot`() async throws {
        let stage = try await Stage.start(["--history", "4"])
        let project = try await stage.insertProject()
        var near = try await Viewer.open(project, at: stage.daemon.port)
        try await near.read(through: "ready")
        var ids: [String] = [near.mirror.lastEventID ?? ""]
        for number in 0..<6 {
            try await stage.save("u", scene: 1, place: number, of: project)
            ids.append(try #require(try await near.next().id))
        }

        let names = try await ids.asyncMap { id in
            try await EventStream.open(port: stage.daemon.port, "/v1/projects/\(project)/events", lastEventID: id)
                .events(through: "ready").names
        }

        #expect(names[0...1] == [["snapshot", "ready"], ["snapshot", "ready"]])
        #expect(names[2...5].allSatisfy { $0 == ["scene", "ready"] })
        #expect(names[6] == ["ready"])
    }

    @Test func `a daemon that was killed and started anew goes on where it was`() async throws {
        let stage = try await Stage.start()
        let same = try await stage.insertProject()
        let changed = try await stage.insertProject()
        for project in [same, changed] { try await stage.save("a", scene: 1, of: project) }
        var viewers = [
            try await Viewer.open(same, at: stage.daemon.port), try await Viewer.open(changed, at: stage.daemon.port),
        ]
        for index in viewers.indices { try await viewers[index].read(through: "ready") }

        stage.daemon.kill()
        _ = await stage.daemon.waitForExit()
        try await stage.save("b", scene: 2, of: changed)
        let next = try await Stage.start()
        var events: [[ServerSentEvent]] = []
        for index in viewers.indices {
            try await viewers[index].reconnect(to: next.daemon.port)
            events.append(try await viewers[index].read(through: "ready"))
        }

        #expect(events.map(\.names) == [["ready"], ["snapshot", "ready"]])
        #expect(viewers[0].mirror.generatedOutput == (try await stage.expected(same)))
        #expect(viewers[1].mirror.generatedOutput == (try await stage.expected(changed)))
    }

    @Test func `two daemons give the same revisions and take each other's`() async throws {
        let one = try await Stage.start()
        let two = try await Stage.start()
        let project = try await one.insertProject()
        var viewer = try await Viewer.open(project, at: one.daemon.port)
        var other = try await Viewer.open(project, at: two.daemon.port)
        try await viewer.read(through: "ready")
        try await other.read(through: "ready")

        try await one.save("a", scene: 1, of: project)
        let events = [try await viewer.next(), try await other.next()]
        try await viewer.reconnect(to: two.daemon.port)

        #expect(events[0] == events[1])
        #expect(try await viewer.next().event == "ready")
    }
}

extension Sequence {
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var results: [T] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
