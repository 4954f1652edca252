import NIOCore
import Testing

@testable import Fanout
@testable import ProjectSync

/// What the parts of a joint stream may say when.
@Suite struct JointStreamTests {
    private let projects = ["1", "2", "3"].compactMap { ProjectID("11111111-1111-4111-8111-11111111111\($0)") }
    private let revision = Revision()

    private func joint(lastEventID: String? = nil) -> JointStream {
        JointStream(
            ConnectionKey(index: 0, generation: 1), projects.map { Subscription.Member($0, nil) },
            lastEventID: lastEventID)
    }

    private func opening(_ text: String, isLive: Bool = true) -> Opening {
        Opening(staleSince: nil, frames: [Frame(text)], position: 0, isLive: isLive, revision: revision)
    }

    /// What is said: the names of the frames without an id, and of those with one the event's.
    private func said(_ words: JointStream.Words) -> [String] {
        guard case .frames(let frames, _) = words else { return ["\(words)"] }
        return frames.map { frame in
            let text = frame.parts.map { String(buffer: $0) }.joined()
            return text.hasPrefix("event: ") ? String(text.dropFirst(7).prefix { $0 != "\n" }) : text
        }
    }

    @Test func `parts begin in their order, whenever they are known`() {
        let joint = joint()

        joint.begin(2, with: opening("c"))
        #expect(said(joint.nextWords(limit_bytes: 1 << 16)) == ["none"])
        joint.begin(0, with: opening("a"))
        #expect(said(joint.nextWords(limit_bytes: 1 << 16)) == ["a", "ready"])
        #expect([0, 1, 2].map(joint.isTold) == [true, false, false])
        joint.begin(1, with: opening("b"))

        #expect(said(joint.nextWords(limit_bytes: 1 << 16)) == ["b", "ready", "c", "ready"])
    }

    @Test func `what is large is told one by one`() {
        let joint = joint()
        for index in 0..<3 { joint.begin(index, with: opening("\(index)")) }

        let turns = (0..<4).map { _ in said(joint.nextWords(limit_bytes: 0)) }

        #expect(turns == [["0", "ready"], ["1", "ready"], ["2", "ready"], ["none"]])
    }

    @Test func `what waits for its turn is kept as far as it is little`() {
        let joint = joint()

        joint.begin(1, with: opening("something"))
        let large = joint.withhold(1, beyond: 8)
        joint.begin(2, with: opening("c"))
        let little = joint.withhold(2, beyond: 8)
        joint.begin(0, with: opening("a"))
        let words = (0..<4).map { _ in joint.nextWords(limit_bytes: 1 << 16) }

        #expect(large && !little)
        // What was withheld is said by another, alone.
        #expect(words.map(said) == [["a", "ready"], [], ["c", "ready"], ["none"]])
        if case .frames(_, let places) = words[1] { #expect(places == [1]) }
    }

    @Test func `a project that is not there is told of with the first that is`() {
        let joint = joint()

        joint.miss(0)
        #expect(said(joint.nextWords(limit_bytes: 1 << 16)) == ["none"])
        joint.begin(1, with: opening("b"))
        joint.miss(2)

        #expect(said(joint.nextWords(limit_bytes: 1 << 16)) == ["deleted", "b", "ready", "deleted"])
        #expect(!joint.isOver)
    }

    @Test func `where no project is there it is refused, unless something has been said`() {
        let (refused, begun) = (joint(), joint())
        _ = begun.open()

        for joint in [refused, begun] { for index in 0..<3 { joint.miss(index) } }

        #expect(said(refused.nextWords(limit_bytes: 1 << 16)) == ["refusal"])
        #expect(said(begun.nextWords(limit_bytes: 1 << 16)) == ["deleted", "deleted", "deleted"])
        #expect(begun.isOver)
    }

    @Test func `while the database is away those that are known do not wait`() {
        let joint = joint()

        joint.pass(0)
        #expect(joint.hearStale(since: "today"))
        joint.begin(1, with: opening("b", isLive: false))

        #expect(said(joint.nextWords(limit_bytes: 1 << 16)) == ["b"])
        #expect(!joint.hearStale(since: "today"))
        #expect(joint.hearStale(since: "tomorrow"))
    }

    @Test func `what was ready before the database was lost is not called so after it`() {
        let joint = joint()
        joint.begin(1, with: opening("b"))

        _ = joint.hearStale(since: "today")
        joint.begin(0, with: opening("a", isLive: false))

        #expect(said(joint.nextWords(limit_bytes: 1 << 16)) == ["a", "b"])
    }

    @Test func `its id keeps what the client had of a part that has not begun`() throws {
        var before = JointID(of: projects)
        before.note(revision, at: 1)
        let joint = joint(lastEventID: before.description)

        joint.begin(0, with: opening("a"))
        guard case .frames(let frames, _) = joint.nextWords(limit_bytes: 1 << 16) else { return }
        var after = before
        after.note(revision, at: 0)

        #expect(frames.last?.parts.map { String(buffer: $0) }.joined().contains("id: \(after)\n") == true)
        #expect(joint.request(at: 0, lastEventID: before.description, after: nil).lastEventID == nil)
        #expect(joint.request(at: 1, lastEventID: before.description, after: nil).lastEventID == "\(revision)")
    }

    @Test func `its id does not vouch for a project that has gone`() {
        let joint = joint()
        joint.begin(0, with: opening("a"))
        joint.begin(
            1,
            with: Opening(
                staleSince: nil, frames: [.position(revision)], position: 0, isLive: true, revision: revision))
        _ = joint.nextWords(limit_bytes: 1 << 16)

        let moved = joint.lose(1).map { $0.parts.map { String(buffer: $0) }.joined() }
        var after = JointID(of: projects)
        after.note(revision, at: 0)

        #expect(moved == ["id: \(after)\n\n"])
        #expect(joint.lose(1).isEmpty)
    }

    @Test func `parts catch up in turn`() {
        let joint = joint()
        #expect(joint.turns == [0, 1, 2])

        joint.pass(theTurnAfter: 0)
        #expect(joint.turns == [1, 2, 0])

        joint.pass(theTurnAfter: 2)
        #expect(joint.turns == [0, 1, 2])
    }

    @Test func `an id that is not of its list is unknown, even if it is a revision of one of its projects`() {
        let joint = joint()

        #expect(joint.request(at: 1, lastEventID: "another list's", after: nil).lastEventID == "")
        #expect(joint.request(at: 1, lastEventID: "\(revision)", after: nil).lastEventID == "")
        #expect(joint.request(at: 1, lastEventID: nil, after: nil).lastEventID == nil)
    }
}
