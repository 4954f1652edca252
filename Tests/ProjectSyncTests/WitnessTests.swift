import NIOCore
import Synchronization
import Testing

@testable import ProjectSync

struct WitnessTests {
    @Test func `the witness hears of every change, and of pictures that another one replaced`() async throws {
        let witness = RecordingWitness()
        let (cache, id) = try await Self.warm(witness, RecordingAudience())

        cache.apply([try Self.change(200, [image(1, 0, "new")])], now: .now)
        cache.apply([try Self.change(201, [image(1, 1, "more")])], now: .now)
        let other = try #require(ProjectID("5ce4e000-0000-4000-8000-000000000999"))
        let cold = Change(operation: .insert, project: other, xid: 202, n: 202, effect: .reload)
        cache.apply([cold], now: .now)

        #expect(witness.heard.map(\.changes) == [[200], [201], [202]])
        #expect(witness.heard.map(\.overwritten) == [[id: 1], [:], [:]])
    }

    @Test func `what is published bears the time of its oldest change`() async throws {
        let audience = TimingAudience()
        let (cache, id) = try await Self.warm(RecordingWitness(), audience)
        cache.watch(id, StreamRequest(), RecordingWatcher())

        cache.apply(
            [
                try Self.change(200, [image(1, 0, "a")], at: 3_000),
                try Self.change(201, [image(2, 0, "b")], at: 2_000),
            ], now: .now)

        #expect(audience.times == [2_000])
    }

    @Test func `a change that changes nothing leaves no time behind`() async throws {
        let audience = TimingAudience()
        let (cache, id) = try await Self.warm(RecordingWitness(), audience)
        cache.watch(id, StreamRequest(), RecordingWatcher())

        cache.apply([try Self.change(200, [image(1, 0, "old")], at: 1_000)], now: .now)
        cache.apply([try Self.change(201, [image(1, 0, "new")], at: 9_000)], now: .now)

        #expect(audience.times == [9_000])
    }

    @Test func `a document's change is timed from its trigger to what the load brings`() async throws {
        let audience = TimingAudience()
        let (cache, id) = try await Self.warm(RecordingWitness(), audience)
        cache.watch(id, StreamRequest(), RecordingWatcher())
        let reload = Change(
            operation: .projectUpdate, project: id, xid: 200, n: 200, statementTime_microseconds: 5_000, effect: .reload
        )

        cache.apply([reload], now: .now)
        let batch = try #require(cache.takeLoads(atMost: 1))
        let state = try project(#"{"scenes": [{"index": 7}]}"#, [], lost: [:], snapshot: .init(xmin: 300, xmax: 300))
        cache.complete(batch, [LoadedProject(id: id, project: state, snapshot: state.snapshot)])

        #expect(audience.times == [5_000])
    }

    private static func change(_ n: Int64, _ set: [Image], at time: Int64 = 1) throws -> Change {
        Change(
            operation: .update, project: try projectID(), xid: UInt64(n), n: n, statementTime_microseconds: time,
            effect: .images(set: set, gone: [], lost: [:]))
    }

    private static func warm(
        _ witness: RecordingWitness, _ audience: any Audience
    ) async throws -> (ProjectCache, ProjectID) {
        let cache = ProjectCache(
            capacity_bytes: 1 << 20, history: EventLog.Limits(events: 8), audience: audience, witness: witness)
        cache.feedIsLive()
        let id = try projectID()
        let read = Task { await cache.read(id) }
        while cache.overview.counts.misses == 0 { await Task.yield() }
        let batch = try #require(cache.takeLoads(atMost: 1))
        let state = try project(
            CacheFixture.document, [image(1, 0, "old")], lost: [:], snapshot: .init(xmin: 100, xmax: 100))
        cache.complete(batch, [LoadedProject(id: id, project: state, snapshot: state.snapshot)])
        _ = await read.value
        return (cache, id)
    }
}

/// Keeps what it has heard.
final class RecordingWitness: Witness {
    private let log = Mutex<[(changes: [Int64], overwritten: [ProjectID: Int])]>([])

    var heard: [(changes: [Int64], overwritten: [ProjectID: Int])] { log.withLock { $0 } }

    func heard(_ changes: [Change], overwritten: [ProjectID: Int]) {
        log.withLock { $0.append((changes.map(\.n), overwritten)) }
    }

    func delivered(_ deliveries: [Delivery]) {}
    func measured(serverClockAhead_microseconds: Int64) {}
}

/// Keeps the times of what is published.
final class TimingAudience: Audience {
    private let log = Mutex<[Int64?]>([])

    var times: [Int64?] { log.withLock { $0 } }

    func publish(
        _ publication: Publication, of project: ProjectID, writtenAt_microseconds: Int64?, handout: Handout?
    ) {
        log.withLock { $0.append(writtenAt_microseconds) }
    }

    func announceStale(since: String) {}
}
