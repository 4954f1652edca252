import NIOCore
import Testing

@testable import Fanout
@testable import ProjectSync

@Suite struct EventStreamTests {
    private let id: ProjectID
    private let project: Project
    private let cache = ProjectCache(
        capacity_bytes: 1 << 20, history: EventLog.Limits(events: 8), audience: NoAudience())

    init() throws {
        id = try #require(ProjectID("11111111-1111-4111-8111-111111111111"))
        let snapshot = try #require(TransactionSnapshot("10:10:"))
        project = try Array(#"{"scenes": [{"index": 1}]}"#.utf8).withUnsafeBytes { [id] in
            try Project(id: id, documentText: $0, images: [], generations: [:], snapshot: snapshot)
        }
    }

    private func stream(at position: UInt64, isLive: Bool = true) throws -> EventStream {
        let request = StreamRequest()
        let ticket = Ticket(try Reactor(), ConnectionKey(index: 0, generation: 1), request)
        var stream = EventStream(Topic(id), request, nil, ticket)
        stream.begin(
            Opening(staleSince: nil, frames: [], position: position, isLive: isLive, revision: project.revision))
        return stream
    }

    private func text(_ frames: [Frame]) -> String {
        frames.map { frame in frame.parts.map { String(buffer: $0) }.joined() }.joined()
    }

    @Test func `who is owed all is told all, wherever he has begun`() async throws {
        try await cache.know(project)
        var stream = try stream(at: 0)
        let gathered = Gathered([SceneEvent(scene: 1, of: project)], project.revision, position: 1)

        stream.oweAll()
        let meanwhile = stream.hear(gathered, isWritable: true)
        let all = text(stream.catchUp(from: cache, staleSince: nil))

        if case .nothing = meanwhile {} else { Issue.record("it is told of a scene before all") }
        #expect(all.hasPrefix("event: snapshot\n"))
        #expect(all.contains("event: ready\n"))
        #expect(stream.catchUp(from: cache, staleSince: nil).isEmpty)
    }

    /// Who has caught up was told what is newer than publications that are still on their way.
    @Test func `nothing older follows`() throws {
        var stream = try stream(at: 5)

        func hears(_ position: UInt64) -> Bool {
            let gathered = Gathered([SceneEvent(scene: 1, of: project)], project.revision, position: position)
            if case .all = stream.hear(gathered, isWritable: true) { return true } else { return false }
        }

        #expect(!hears(4) && !hears(5))
        #expect(hears(6))
        #expect(!hears(6))
    }

    @Test func `an older snapshot does not follow with what is newer`() throws {
        var stream = try stream(at: 5)
        var gathered = Gathered(ProjectBody(project), position: 5)
        gathered.add([SceneEvent(scene: 1, of: project)], project.revision, position: 6)

        guard case .own(let frames) = stream.hear(gathered, isWritable: true) else {
            Issue.record("all of it, or nothing")
            return
        }
        #expect(text(frames).contains("event: scene"))
        #expect(!text(frames).contains("event: snapshot"))
    }

    /// Its publication may still be on its way.
    @Test func `ready after a full socket comes after all that its revision has`() async throws {
        try await cache.know(project)
        var stream = try stream(at: 0, isLive: false)
        let ready = stream.hearReady(at: 0, isWritable: false)

        let image = Image(place: Place(scene: 1, image: 0), url: ImageURL("new"))
        let effect = Change.Effect.images(set: [image], gone: [], lost: [:])
        cache.apply([Change(operation: .insert, project: id, xid: 10, n: 1, effect: effect)], now: .now)
        let told = text(stream.catchUp(from: cache, staleSince: nil))

        #expect(ready == .due)
        let revision = try #require(cache.warm(id)?.body.revision)
        let place = try #require(told.firstRange(of: "event: ready")).lowerBound
        #expect(told[..<place].contains("\"new\""))
        #expect(told[place...].contains("\(revision)"))
    }

    @Test func `ready of what was before a stream caught up comes with what there is now`() async throws {
        try await cache.know(project)
        var (ahead, level) = (try stream(at: 6, isLive: false), try stream(at: 5, isLive: false))

        #expect(ahead.hearReady(at: 5, isWritable: true) == .due)
        #expect(level.hearReady(at: 5, isWritable: true) == .now)

        #expect(text(ahead.catchUp(from: cache, staleSince: nil)).contains("event: ready"))
        #expect(ahead.hearReady(at: 7, isWritable: true) == .notOwed)
    }
}

private struct NoAudience: Audience {
    func publish(
        _ publication: Publication, of project: ProjectID, writtenAt_microseconds: Int64?, handout: Handout?
    ) {}
    func announceStale(since: String) {}
}
