import NIOCore
import ProjectSync
import Testing

@Suite(.timeLimit(.minutes(1))) struct CacheReadTests {
    private func source(_ outcome: ReadOutcome) -> String {
        switch outcome {
        case .found(let answer): "\(answer.source)" + (answer.isStale ? " stale" : "")
        case .unknown: "unknown"
        case .unavailable: "unavailable"
        }
    }

    private func answer(_ outcome: ReadOutcome) -> Answer? {
        if case .found(let answer) = outcome { answer } else { nil }
    }

    @Test func `many readers of one cold project are one load`() async throws {
        let fixture = CacheFixture()
        var reads: [Task<ReadOutcome, Never>] = []
        for _ in 0..<100 { reads.append(await fixture.read(try projectID())) }

        let load = try fixture.takeLoad()
        try fixture.complete(load)
        for read in reads { #expect(source(await read.value) == "miss") }

        #expect(load.projects.count == 1)
        #expect(fixture.cache.takeLoads(atMost: 1) == nil)
        #expect(source(await fixture.cache.read(try projectID())) == "hit")
    }

    /// Of what is not in memory it is only known how large others were.
    @Test func `a load is of so many projects as are not too large together`() throws {
        let cache = CacheFixture().cache
        for number in 10_000..<10_600 {
            let id = try #require(ProjectID("11111111-1111-4111-8111-1111111\(number)"))
            cache.watch(id, StreamRequest(), RecordingWatcher())
        }
        func take(thenFind title_bytes: Int) throws -> Int {
            let batch = try #require(cache.takeLoads(atMost: 256))
            let id = try #require(batch.projects.first)
            let snapshot = TransactionSnapshot(xmin: 100, xmax: 100)
            let text = #"{"title": "\#(String(repeating: "x", count: title_bytes))"}"#
            let project = try Array(text.utf8).withUnsafeBytes {
                try Project(id: id, documentText: $0, images: [], generations: [:], snapshot: snapshot)
            }
            cache.complete(batch, [LoadedProject(id: id, project: project, snapshot: snapshot)])
            return batch.projects.count
        }

        let sizes = [try take(thenFind: 2 << 20), try take(thenFind: 10), try take(thenFind: 10)]

        #expect(sizes == [64, 8, 256])
    }

    @Test func `a fresh read is answered by a load sent after it, shared by all who wait`() async throws {
        let fixture = try await CacheFixture.warm()
        let first = await fixture.read(try projectID(), fresh: true)
        let load = try fixture.takeLoad()
        let second = await fixture.read(try projectID(), fresh: true)
        let third = await fixture.read(try projectID(), fresh: true)

        try fixture.complete(load, CacheFixture.document, [image(1, 0, "a")])
        #expect(source(await first.value) == "request")
        try fixture.complete(
            fixture.takeLoad(), CacheFixture.document, [image(1, 0, "b")],
            snapshot: TransactionSnapshot(xmin: 101, xmax: 101))

        for read in [second, third] {
            guard case .found(let answer) = await read.value else {
                Issue.record("not found")
                continue
            }
            #expect(String(buffer: answer.body.scenes).contains(#"["b"]"#))
        }
        #expect(fixture.cache.takeLoads(atMost: 1) == nil)
    }

    @Test func `a compressed form that a reader has made counts from the next read on`() async throws {
        let fixture = try await CacheFixture.warm()
        let read = try #require(fixture.cache.warm(try projectID()))
        let before = fixture.cache.overview.size_bytes

        for form in [read.body.compressedProject, read.body.compressedScenes] {
            _ = form.ready { ByteBuffer(repeating: 0, count: 10_000) }
        }
        _ = fixture.cache.warm(try projectID())

        #expect(fixture.cache.overview.size_bytes == before + 20_000)
    }

    @Test func `nobody waits for a form that is being compressed but who wants it`() async throws {
        let fixture = try await CacheFixture.warm()
        let read = try #require(fixture.cache.warm(try projectID()))

        let form = read.body.compressedProject.ready {
            // As another reader, and as the feed, while it is made.
            _ = (try? projectID()).flatMap { fixture.cache.warm($0) }
            fixture.cache.prove(at: .now)
            return ByteBuffer(repeating: 0, count: 10_000)
        }

        #expect(form?.readableBytes == 10_000)
        #expect(read.body.compressedProject.size_bytes == 10_000)
    }

    @Test func `an unknown project is not remembered`() async throws {
        let fixture = CacheFixture()
        let read = await fixture.read(try projectID())

        fixture.completeAbsent(try fixture.takeLoad(), try projectID())

        #expect(source(await read.value) == "unknown")
        #expect(fixture.cache.overview.size_bytes == 0)
        let again = await fixture.read(try projectID())
        #expect(try fixture.takeLoad().projects.count == 1)
        fixture.cache.feedIsLost(since: "", reason: "the end of the test")
        #expect(source(await again.value) == "unavailable")
    }

    @Test func `a stale answer is as old as when its state was last vouched for, whatever the feed hears later`()
        async throws
    {
        let fixture = try await CacheFixture.warm()
        let known = ContinuousClock.now
        fixture.cache.prove(at: known)

        fixture.cache.feedIsLost(since: "", reason: "gone")
        fixture.cache.prove(at: known + .seconds(5))
        #expect(fixture.cache.warm(try projectID())?.provenAt == known)

        // Nobody asked for the project between the losses.
        fixture.cache.feedIsLive()
        fixture.cache.prove(at: known + .seconds(10))
        fixture.cache.feedIsLost(since: "", reason: "gone again")
        #expect(fixture.cache.warm(try projectID())?.provenAt == known)

        fixture.cache.feedIsLive()
        let read = await fixture.read(try projectID())
        try fixture.complete(fixture.takeLoad())
        #expect(answer(await read.value)?.provenAt == known + .seconds(10))
    }

    @Test func `a document that changes faster than it is loaded is as old as the last load`() async throws {
        let fixture = try await CacheFixture.warm()
        let watcher = try fixture.watch()
        let start = ContinuousClock.now
        fixture.cache.prove(at: start)
        fixture.apply(Change(operation: .projectUpdate, project: try projectID(), xid: 100, n: 1, effect: .reload))

        for second in 1...5 {
            let load = try fixture.takeLoad()
            fixture.cache.prove(at: start + .seconds(second))
            let xid = UInt64(100 + second)
            fixture.apply(
                Change(
                    operation: .projectUpdate, project: try projectID(), xid: xid, n: Int64(second) + 1, effect: .reload
                ))
            try fixture.complete(
                load, #"{"scenes": [], "number": \#(second)}"#, snapshot: TransactionSnapshot(xmin: xid, xmax: xid))
        }

        #expect(fixture.cache.warm(try projectID())?.provenAt == start + .seconds(4))
        fixture.cache.unwatch(try projectID(), watcher)
    }

    @Test func `what was live before the feed was unsafe is as old as that`() async throws {
        let fixture = try await CacheFixture.warm()
        let known = ContinuousClock.now
        fixture.cache.prove(at: known)

        fixture.cache.feedIsUnsafe(since: "", reason: "the gate is gone")
        fixture.cache.feedIsLost(since: "", reason: "gone")

        #expect(fixture.cache.warm(try projectID())?.provenAt == known)
    }

    @Test func `what an unsafe feed has loaded is as old as its load`() async throws {
        let fixture = CacheFixture(live: false)
        let known = ContinuousClock.now
        fixture.cache.prove(at: known)
        fixture.cache.feedIsUnsafe(since: "", reason: "an old transaction")
        let watcher = try fixture.watch()
        let load = try fixture.takeLoad()
        fixture.cache.prove(at: known + .seconds(5))
        try fixture.complete(load)

        fixture.cache.feedIsLost(since: "", reason: "gone")

        #expect(fixture.cache.warm(try projectID())?.provenAt == known)
        fixture.cache.unwatch(try projectID(), watcher)
    }

    @Test func `a stream that is opened does not make the daemon unready`() async throws {
        let fixture = try await CacheFixture.warm()
        let (first, second) = (try fixture.watch(), RecordingWatcher())
        let cold = try projectID("bbbbbbbb-0000-4000-8000-000000000001")

        fixture.cache.watch(cold, StreamRequest(lastEventID: nil), second)
        #expect(fixture.cache.overview.outstanding == 0)
        fixture.cache.feedIsLost(since: "", reason: "gone")
        fixture.cache.feedIsLive()

        #expect(fixture.cache.overview.outstanding == 1)
        for (id, watcher) in [(try projectID(), first), (cold, second)] { fixture.cache.unwatch(id, watcher) }
    }

    @Test func `what is cached is served stale while the feed is lost, and nothing else`() async throws {
        let fixture = try await CacheFixture.warm()

        fixture.cache.feedIsLost(since: "2026-01-01T00:00:00Z", reason: "gone")

        #expect(source(await fixture.cache.read(try projectID())) == "hit stale")
        #expect(source(await fixture.cache.read(try projectID(), fresh: true)) == "unavailable")
        #expect(
            source(await fixture.cache.read(try projectID("bbbbbbbb-0000-4000-8000-000000000001"))) == "unavailable")
    }

    @Test func `a reader who waits is told when the feed is lost`() async throws {
        let fixture = CacheFixture()
        let read = await fixture.read(try projectID())
        let load = try fixture.takeLoad()

        fixture.cache.feedIsLost(since: "", reason: "gone")
        try fixture.complete(load)

        #expect(source(await read.value) == "unavailable")
        #expect(fixture.cache.overview.size_bytes == 0)
    }

    @Test func `a reader who has waited too long is told so`() async throws {
        let fixture = CacheFixture()
        let read = await fixture.read(try projectID())
        let load = try fixture.takeLoad()

        fixture.cache.refuseReaders(whoWaitSince: .now + .seconds(1))
        let outcome = await read.value
        try fixture.complete(load)

        #expect(source(outcome) == "unavailable")
        #expect(source(await fixture.cache.read(try projectID())) == "hit")
    }

    /// The load that it did not want is sent again, since something may have been missed.
    @Test func `a reader who waits for the next load is answered, whatever becomes of this one`() async throws {
        let fixture = CacheFixture()
        let first = await fixture.read(try projectID())
        let load = try fixture.takeLoad()
        fixture.cache.refuseReaders(whoWaitSince: .now + .seconds(1))
        _ = await first.value
        let second = await fixture.read(try projectID(), fresh: true)

        fixture.cache.revalidate()
        try fixture.complete(load)
        try fixture.complete(fixture.takeLoad())

        #expect(source(await second.value) == "request")
    }

    /// Of several that were loaded together each is tried by itself, and a failure is that of those without an answer.
    @Test func `a load that fails late fails nobody who has been loaded since`() async throws {
        let fixture = CacheFixture()
        let first = await fixture.read(try projectID())
        let load = try fixture.takeLoad()
        try fixture.complete(load.only(try projectID()))
        _ = await first.value
        let second = await fixture.read(try projectID(), fresh: true)
        let next = try fixture.takeLoad()

        fixture.cache.fail(load, reason: "late")
        fixture.apply(try setImages([image(1, 0, "meanwhile")]))
        try fixture.complete(next)

        #expect(source(await second.value) == "request")
        #expect(try fixture.scenes?.contains("meanwhile") == true)
        #expect(fixture.cache.takeLoads(atMost: 1) == nil)
    }

    @Test func `after a loss what is cached is revalidated before it is a hit again`() async throws {
        let fixture = try await CacheFixture.warm()
        fixture.cache.feedIsLost(since: "", reason: "gone")
        fixture.cache.feedIsLive()

        #expect(fixture.cache.warm(try projectID()) == nil)
        let read = await fixture.read(try projectID())
        try fixture.complete(fixture.takeLoad(), CacheFixture.document, [image(1, 0, "missed")])

        #expect(source(await read.value) == "miss")
        #expect(try fixture.scenes?.contains("missed") == true)
    }

    @Test func `a change that needs a load makes the answer as old as what was proven before it came`() async throws {
        let fixture = try await CacheFixture.warm()
        let known = ContinuousClock.now
        fixture.cache.prove(at: known)
        fixture.cache.apply(
            [Change(operation: .projectUpdate, project: try projectID(), xid: 100, n: 1, effect: .reload)],
            now: known + .seconds(2))

        fixture.cache.prove(at: known + .seconds(9))

        #expect(fixture.cache.warm(try projectID())?.provenAt == known)
    }

    @Test func `the least recently used project makes room, a watched one never`() async throws {
        let fixture = CacheFixture(capacity_bytes: 6_000)
        let ids = try (1...5).map { try projectID("aaaaaaaa-0000-4000-8000-00000000000\($0)") }
        let watcher = RecordingWatcher()
        for (number, id) in ids.enumerated() {
            let read = await fixture.read(id)
            let state = try Array(#"{"a": "\#(String(repeating: "x", count: 400))"}"#.utf8).withUnsafeBytes { bytes in
                try Project(
                    id: id, documentText: bytes, images: [], generations: [:],
                    snapshot: TransactionSnapshot(xmin: 1, xmax: 1))
            }
            fixture.cache.complete(
                try fixture.takeLoad(), [LoadedProject(id: id, project: state, snapshot: state.snapshot)])
            _ = await read.value
            if number == 0 { fixture.cache.watch(id, StreamRequest(), watcher) }
            if number == 2 { _ = fixture.cache.warm(ids[1]) }
        }

        #expect(fixture.cache.warm(ids[0]) != nil)
        #expect(fixture.cache.warm(ids[2]) == nil)
        #expect(fixture.cache.warm(ids[4]) != nil)
        #expect(fixture.cache.overview.size_bytes <= 6_000)
        #expect(fixture.cache.overview.counts.evictions > 0)
    }
}
