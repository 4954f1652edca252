import Testing

@testable import Fanout
@testable import ProjectSync

@Suite struct EventStreamTests {
    /// Who has caught up was told what is newer than publications that are still on their way.
    @Test func `nothing older follows`() throws {
        let id = try #require(ProjectID("11111111-1111-4111-8111-111111111111"))
        let snapshot = try #require(TransactionSnapshot("10:10:"))
        let project = try Array(#"{"scenes": [{"index": 1}]}"#.utf8).withUnsafeBytes {
            try Project(id: id, documentText: $0, images: [], generations: [:], snapshot: snapshot)
        }
        let request = StreamRequest()
        let ticket = Ticket(try Reactor(), ConnectionKey(index: 0, generation: 1), request)
        var stream = EventStream(Topic(id), request, nil, ticket)
        stream.begin(
            Opening(staleSince: nil, frames: [], position: 5, isLive: true, revision: project.revision))

        func hears(_ position: UInt64) -> Bool {
            let gathered = Gathered([SceneEvent(scene: 1, of: project)], project.revision, position: position)
            if case .all = stream.hear(gathered, isWritable: true) { return true } else { return false }
        }

        #expect(!hears(4) && !hears(5))
        #expect(hears(6))
        #expect(!hears(6))
    }
}
