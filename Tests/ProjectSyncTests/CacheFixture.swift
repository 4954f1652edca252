import NIOCore
import ProjectSync
import Testing

/// A cache whose loads are answered by the test.
struct CacheFixture {
    static let document = #"{"scenes": [{"index": 1}, {"index": 2}]}"#

    let audience = RecordingAudience()
    let cache: ProjectCache

    init(capacity_bytes: Int = 1 << 20, live: Bool = true) {
        cache = ProjectCache(capacity_bytes: capacity_bytes, history: EventLog.Limits(events: 8), audience: audience)
        if live { cache.feedIsLive() }
    }

    /// Starts a read and waits until it has asked for a load, or is answered without one.
    func read(_ id: ProjectID, fresh: Bool = false) async -> Task<ReadOutcome, Never> {
        let before = cache.overview.counts
        let task = Task { await cache.read(id, fresh: fresh) }
        while cache.overview.counts.misses == before.misses && cache.overview.counts.hits == before.hits {
            await Task.yield()
        }
        return task
    }

    func takeLoad() throws -> LoadBatch {
        try #require(cache.takeLoads(atMost: 10))
    }

    func complete(
        _ batch: LoadBatch, _ document: String? = document, _ images: [Image] = [], lost: [Int32: Int64] = [:],
        snapshot: TransactionSnapshot = TransactionSnapshot(xmin: 100, xmax: 100)
    ) throws {
        let state = try project(document, images, lost: lost, snapshot: snapshot)
        cache.complete(batch, [LoadedProject(id: state.id, project: state, snapshot: snapshot)])
    }

    func completeAbsent(_ batch: LoadBatch, _ id: ProjectID) {
        let snapshot = TransactionSnapshot(xmin: 100, xmax: 100)
        cache.complete(batch, [LoadedProject(id: id, project: nil, snapshot: snapshot)])
    }

    /// A cache that has the project, under a snapshot that sees everything below 100.
    static func warm(_ images: [Image] = [], document: String = document) async throws -> CacheFixture {
        let fixture = CacheFixture()
        let id = try projectID()
        let read = await fixture.read(id)
        try fixture.complete(fixture.takeLoad(), document, images)
        _ = await read.value
        return fixture
    }

    func apply(_ changes: Change...) {
        cache.apply(changes, now: .now)
    }

    var scenes: String? {
        get throws {
            guard let answer = cache.warm(try projectID()) else { return nil }
            return String(buffer: answer.body.scenes)
        }
    }

    /// Opens a stream that is kept open.
    func watch(_ lastEventID: String? = nil) throws -> RecordingWatcher {
        let watcher = RecordingWatcher()
        cache.watch(try projectID(), StreamRequest(lastEventID: lastEventID), watcher)
        return watcher
    }
}
