import ProjectSync
import Testing

@Suite struct EventLogTests {
    private var state: Project
    private var log: EventLog
    private var revisions: [Revision]

    init() throws {
        state = try project(#"{"scenes": [{"index": 1}, {"index": 2}]}"#)
        log = EventLog(state.revision)
        revisions = [state.revision]
    }

    private mutating func append(scenes: [Int32], limits: EventLog.Limits = EventLog.Limits(events: 4)) {
        _ = state.apply(
            set: scenes.map { image($0, 0, "\(log.head)") }, gone: [], lost: [:], n: Int64(log.head) + 1, xid: 200)
        let events = scenes.map { SceneEvent(scene: $0, of: state) }
        log.append(events, revision: state.revision, limits: limits, document_bytes: 10)
        revisions.append(state.revision)
    }

    private func scenes(since revision: Revision) -> [Int32]? {
        guard let position = log.position(of: revision), case .scenes(let events)? = log.gap(since: position) else {
            return nil
        }
        return events.map(\.scene)
    }

    @Test mutating func `what was missed is the newest state of each scene`() {
        append(scenes: [1])
        append(scenes: [2, 1])
        append(scenes: [2])

        #expect(scenes(since: revisions[0]) == [1, 2])
        #expect(scenes(since: revisions[2]) == [2])
        #expect(log.gap(since: log.head) == nil)
    }

    @Test mutating func `the log reaches back as many batches as it may`() {
        for _ in 0..<6 { append(scenes: [1]) }

        #expect(log.position(of: revisions[2]) == 2)
        #expect(log.position(of: revisions[1]) == nil)
    }

    @Test mutating func `the log is bounded by bytes`() {
        var limits = EventLog.Limits(events: 1_000)
        limits.floor_bytes = 1_000
        for _ in 0..<100 { append(scenes: [1], limits: limits) }

        #expect(log.size_bytes <= 1_000)
        #expect(log.position(of: revisions[50]) == nil)
        #expect(log.position(of: revisions[99]) == 99)
    }

    @Test mutating func `a changed document is told by a snapshot alone`() {
        append(scenes: [1])
        log.append(nil, revision: Revision(), limits: EventLog.Limits(events: 4), document_bytes: 10)

        guard case .snapshot? = log.gap(since: 1) else {
            Issue.record("not a snapshot")
            return
        }
    }

    @Test mutating func `of two equal revisions the later one counts`() {
        append(scenes: [1])
        let repeated = state.revision
        append(scenes: [2])
        log.append([], revision: repeated, limits: EventLog.Limits(events: 4), document_bytes: 10)

        #expect(log.position(of: repeated) == 3)
    }

    @Test mutating func `who may hold a part of a batch hears of it although the revision is the newest again`() {
        append(scenes: [1, 2])
        append(scenes: [3])
        log.append([], revision: revisions[0], limits: EventLog.Limits(events: 4), document_bytes: 10)

        #expect(scenes(since: revisions[0]) == [1, 2, 3])
    }

    @Test mutating func `batches that can have been sent as one can be held in part`() {
        append(scenes: [1])
        append(scenes: [2])
        log.append([], revision: revisions[0], limits: EventLog.Limits(events: 4), document_bytes: 10)

        #expect(scenes(since: revisions[0]) == [1, 2])
    }

    @Test mutating func `nobody holds a part of what follows a snapshot without having had the snapshot`() {
        log.append(nil, revision: Revision(), limits: EventLog.Limits(events: 4), document_bytes: 10)
        append(scenes: [1, 2])
        log.append(nil, revision: revisions[0], limits: EventLog.Limits(events: 4), document_bytes: 10)

        #expect(log.position(of: revisions[0]) == 3)
    }
}
