import NIOCore
import ProjectSync
import Testing

@Suite(.timeLimit(.minutes(1))) struct CacheAuditTests {
    private let start = ContinuousClock.now

    private func sees(below xid: UInt64, but inProgress: Set<UInt64> = []) -> TransactionSnapshot {
        TransactionSnapshot(xmin: inProgress.min() ?? xid, xmax: xid, inProgress: inProgress)
    }

    /// A watched project with one image, and its comparison, which is on its way.
    private func underWay() async throws -> (CacheFixture, AuditBatch) {
        let fixture = try await CacheFixture.warm([image(1, 0, "a")])
        _ = try fixture.watch()
        _ = fixture.audience.heard()
        return (fixture, try fixture.takeAudit(from: start))
    }

    private func expect(
        _ fixture: CacheFixture, audits: Int, divergences: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let counts = fixture.cache.overview.counts
        #expect(counts.audits == audits, sourceLocation: sourceLocation)
        #expect(counts.divergences == divergences, sourceLocation: sourceLocation)
    }

    @Test func `what is equal is no difference`() async throws {
        let (fixture, batch) = try await underWay()

        try fixture.complete(batch, [image(1, 0, "a")], snapshot: sees(below: 200))
        fixture.judge(sees(below: 200))

        expect(fixture, audits: 1, divergences: 0)
        #expect(fixture.audience.heard().isEmpty)
    }

    @Test func `the oldest check is that of the project that was not compared`() async throws {
        let fixture = try await CacheFixture.warm([image(1, 0, "a")])
        let other = try projectID("aaaaaaaa-0000-4000-8000-000000000002")
        let read = await fixture.read(other)
        let snapshot = TransactionSnapshot(xmin: 100, xmax: 100)
        let loaded = try Project(id: other, documentText: nil, images: [], generations: [:], snapshot: snapshot)
        fixture.cache.complete(
            try fixture.takeLoad(), [LoadedProject(id: other, project: loaded, snapshot: snapshot)])
        _ = await read.value

        let later = start + .seconds(60)
        let batch = try fixture.takeAudit(from: later)
        #expect(batch.questions.map(\.project) == [try projectID()])
        let state = try project(CacheFixture.document, [image(1, 0, "a")], snapshot: snapshot)
        let compared = ComparedProject(
            id: state.id, finding: .loaded(state), fingerprint: "1", snapshot: snapshot)
        fixture.cache.complete(batch, [compared], now: later)
        fixture.cache.judgeAudits(applied: sees(below: 200), now: later)

        expect(fixture, audits: 1, divergences: 0)
        let oldest = try #require(fixture.cache.overview.oldestCheck)
        #expect(oldest < later)
        #expect(oldest == fixture.cache.audit(of: other)?.last)
    }

    @Test func `what no trigger announced is repaired, told and counted`() async throws {
        let (fixture, batch) = try await underWay()

        try fixture.complete(batch, [image(1, 0, "b"), image(2, 3, "c")], snapshot: sees(below: 200))
        fixture.judge(sees(below: 200))

        expect(fixture, audits: 1, divergences: 1)
        #expect(fixture.audience.heard() == ["scenes 1,2"])
        #expect(try fixture.scenes == #"[{"index": 1, "imageUrls": ["b"]}, {"index": 2, "imageUrls": ["c"]}]"#)
        let found = fixture.cache.takeDivergences()
        #expect(found.map(\.places) == [[Place(scene: 1, image: 0), Place(scene: 2, image: 3)]])
        #expect(found.first?.description == "scene 1 image 0, scene 2 image 3")
        #expect(fixture.cache.audit(of: try projectID())?.divergences == 1)
    }

    @Test func `what the load saw and is still on its way is no difference`() async throws {
        let (fixture, batch) = try await underWay()

        try fixture.complete(batch, [image(1, 0, "b")], snapshot: sees(below: 151))
        fixture.judge(sees(below: 150))
        fixture.judge(sees(below: 160, but: [150]))
        expect(fixture, audits: 0, divergences: 0)
        fixture.apply(try setImages([image(1, 0, "b")], xid: 150))
        fixture.judge(sees(below: 160))

        expect(fixture, audits: 1, divergences: 0)
        #expect(fixture.audience.heard() == ["scenes 1"])
    }

    @Test func `what the load did not see is no difference, whenever it comes`() async throws {
        let (fixture, batch) = try await underWay()

        fixture.apply(try setImages([image(1, 1, "before the answer")], xid: 150, n: 1))
        fixture.apply(try setImages([image(2, 0, "seen")], xid: 140, n: 2))
        try fixture.complete(
            batch, [image(1, 0, "unannounced"), image(2, 0, "seen")], snapshot: sees(below: 160, but: [150]))
        fixture.apply(try setImages([image(1, 2, "after the answer")], xid: 170, n: 3))
        fixture.judge(sees(below: 180))

        expect(fixture, audits: 1, divergences: 1)
        #expect(fixture.cache.takeDivergences().map(\.places) == [[Place(scene: 1, image: 0)]])
        #expect(
            try fixture.scenes == """
                [{"index": 1, "imageUrls": ["unannounced", "before the answer", "after the answer"]}, \
                {"index": 2, "imageUrls": ["seen"]}]
                """)
    }

    @Test func `after a repair a change that it saw is skipped, and a later one counts`() async throws {
        let (fixture, batch) = try await underWay()
        try fixture.complete(batch, [image(1, 0, "b")], snapshot: sees(below: 200, but: [190]))
        fixture.judge(sees(below: 200))

        fixture.apply(
            try setImages([image(1, 0, "older")], xid: 180, n: 1), try setImages([image(2, 0, "late")], xid: 190, n: 2))

        #expect(try fixture.scenes == #"[{"index": 1, "imageUrls": ["b"]}, {"index": 2, "imageUrls": ["late"]}]"#)
    }

    @Test func `a change that only a load can tell makes the comparison void`() async throws {
        let (fixture, batch) = try await underWay()

        fixture.apply(Change(operation: .projectUpdate, project: try projectID(), xid: 150, n: 1, effect: .reload))
        try fixture.complete(batch, [image(1, 0, "b")], snapshot: sees(below: 200))
        fixture.judge(sees(below: 200))
        expect(fixture, audits: 0, divergences: 0)
        try fixture.complete(
            fixture.takeLoad(), CacheFixture.document, [image(1, 0, "b")], snapshot: sees(below: 200))

        expect(fixture, audits: 0, divergences: 0)
        #expect(fixture.audience.heard() == ["scenes 1"])
    }

    /// The load may know what the comparison has not heard of.
    @Test func `a load that comes in between makes the comparison void`() async throws {
        let (fixture, batch) = try await underWay()

        try fixture.complete(batch, [image(1, 0, "b")], snapshot: sees(below: 200))
        let read = await fixture.read(try projectID(), fresh: true)
        try fixture.complete(
            fixture.takeLoad(), CacheFixture.document, [image(1, 0, "newer")], snapshot: sees(below: 300))
        _ = await read.value
        fixture.judge(sees(below: 200))

        expect(fixture, audits: 0, divergences: 0)
        #expect(try fixture.scenes == #"[{"index": 1, "imageUrls": ["newer"]}, {"index": 2, "imageUrls": []}]"#)
    }

    @Test func `what is lost meanwhile is not compared`() async throws {
        let (fixture, batch) = try await underWay()

        fixture.cache.feedIsLost(since: "now", reason: "test")
        fixture.cache.feedIsLive()
        try fixture.complete(batch, [image(1, 0, "b")], snapshot: sees(below: 200))
        fixture.judge(sees(below: 200))

        expect(fixture, audits: 0, divergences: 0)
    }

    @Test func `what was read once and has its fingerprint still is not read again`() async throws {
        let (fixture, batch) = try await underWay()
        #expect(batch.questions.map(\.known) == [nil])
        try fixture.complete(batch, [image(1, 0, "a")], print: "f", snapshot: sees(below: 200))

        let again = try fixture.takeAudit(from: start + .seconds(60))
        #expect(again.questions.map(\.known) == ["f"])
        try fixture.completeAsKnown(again, snapshot: sees(below: 300))

        expect(fixture, audits: 2, divergences: 0)
        #expect(fixture.cache.overview.counts.auditLoads == 1)
    }

    /// A forged notification, or a mistake of ours: the database has not changed, and memory has.
    @Test func `what is as it was and yet not what memory has is read at once`() async throws {
        let (fixture, batch) = try await underWay()
        try fixture.complete(batch, [image(1, 0, "a")], print: "f", snapshot: sees(below: 200))
        fixture.apply(try setImages([image(1, 0, "forged")], xid: 210))

        let again = try fixture.takeAudit(from: start + .seconds(60))
        try fixture.completeAsKnown(again, snapshot: sees(below: 300))
        let third = try fixture.takeAudit(from: start + .seconds(200))
        #expect(third.questions.map(\.known) == [nil])
        try fixture.complete(third, [image(1, 0, "a")], print: "f", snapshot: sees(below: 310))
        fixture.judge(sees(below: 310))

        expect(fixture, audits: 2, divergences: 1)
        #expect(try fixture.scenes == #"[{"index": 1, "imageUrls": ["a"]}, {"index": 2, "imageUrls": []}]"#)
    }

    @Test func `what is as it was while a change arrives that it does not have is no difference`() async throws {
        let (fixture, batch) = try await underWay()
        try fixture.complete(batch, [image(1, 0, "a")], print: "f", snapshot: sees(below: 200))

        let again = try fixture.takeAudit(from: start + .seconds(60))
        fixture.apply(try setImages([image(1, 0, "b")], xid: 300))
        try fixture.completeAsKnown(again, snapshot: sees(below: 300))
        fixture.judge(sees(below: 310))

        expect(fixture, audits: 1, divergences: 0)
    }

    @Test func `a document that changed unannounced is a snapshot`() async throws {
        let (fixture, batch) = try await underWay()

        try fixture.complete(
            batch, [image(1, 0, "a")], document: #"{"scenes": [{"index": 1}]}"#, snapshot: sees(below: 200))
        fixture.judge(sees(below: 200))

        expect(fixture, audits: 1, divergences: 1)
        #expect(fixture.audience.heard() == ["snapshot"])
        #expect(fixture.cache.takeDivergences().map(\.description) == ["the document"])
    }

    @Test func `a project that went unannounced is gone`() async throws {
        let (fixture, batch) = try await underWay()

        try fixture.completeAbsent(batch, snapshot: sees(below: 200))
        #expect(fixture.audience.heard().isEmpty)
        fixture.judge(sees(below: 200))

        expect(fixture, audits: 1, divergences: 1)
        #expect(fixture.audience.heard() == ["deleted"])
        #expect(fixture.cache.takeDivergences().map(\.description) == ["the project is gone"])
    }

    @Test func `a project that came back meanwhile is not gone`() async throws {
        let (fixture, batch) = try await underWay()

        try fixture.completeAbsent(batch, snapshot: sees(below: 200))
        fixture.apply(try setImages([image(1, 0, "again")], xid: 210))
        fixture.judge(sees(below: 300))

        expect(fixture, audits: 0, divergences: 0)
        #expect(fixture.audience.heard() == ["scenes 1"])
    }

    @Test func `a comparison that failed is made again`() async throws {
        let (fixture, batch) = try await underWay()

        fixture.cache.fail(batch, now: start)
        let again = try fixture.takeAudit(from: start + .seconds(60))

        #expect(again.questions.map(\.project) == [try projectID()])
        expect(fixture, audits: 0, divergences: 0)
    }

    @Test func `a comparison that has its answer does not fail any more`() async throws {
        let (fixture, batch) = try await underWay()

        try fixture.complete(batch, [image(1, 0, "b")], snapshot: sees(below: 200))
        fixture.cache.fail(batch, now: start)
        fixture.judge(sees(below: 200))

        expect(fixture, audits: 1, divergences: 1)
    }

    @Test func `what was loaded before a loss, and is not watched, is loaded when its turn comes`() async throws {
        let fixture = try await CacheFixture.warm([image(1, 0, "a")])
        fixture.cache.feedIsLost(since: "now", reason: "test")
        fixture.cache.feedIsLive()
        #expect(fixture.cache.takeLoads(atMost: 1) == nil)

        let batch = try fixture.takeAudit(from: start)

        #expect(batch.questions.isEmpty)
        #expect(try fixture.takeLoad().projects == [try projectID()])
    }

    @Test func `while the feed is lost nothing is compared`() async throws {
        let fixture = try await CacheFixture.warm()
        fixture.cache.feedIsLost(since: "now", reason: "test")

        for second in 0...60 { #expect(fixture.cache.takeAudits(now: start + .seconds(second)) == nil) }
    }

    @Test func `a project that was evicted needs no comparison`() async throws {
        let fixture = CacheFixture(capacity_bytes: 1)
        let read = await fixture.read(try projectID())
        try fixture.complete(fixture.takeLoad())
        _ = await read.value
        let other = await fixture.read(try projectID("aaaaaaaa-0000-4000-8000-000000000002"))
        fixture.completeAbsent(try fixture.takeLoad(), try projectID("aaaaaaaa-0000-4000-8000-000000000002"))
        _ = await other.value
        #expect(fixture.cache.overview.projects.isEmpty)

        for second in 0...60 { #expect(fixture.cache.takeAudits(now: start + .seconds(second)) == nil) }
    }
}

extension CacheFixture {
    /// The comparisons that are due first, some time after `instant`.
    fileprivate func takeAudit(from instant: ContinuousClock.Instant) throws -> AuditBatch {
        for second in 0...60 {
            if let batch = cache.takeAudits(now: instant + .seconds(second)) { return batch }
        }
        return try #require(nil)
    }

    fileprivate func complete(
        _ batch: AuditBatch, _ images: [Image], document: String = document, print: String = "1",
        snapshot: TransactionSnapshot
    ) throws {
        let state = try project(document, images, snapshot: snapshot)
        complete(batch, ComparedProject(id: state.id, finding: .loaded(state), fingerprint: print, snapshot: snapshot))
    }

    fileprivate func completeAbsent(_ batch: AuditBatch, snapshot: TransactionSnapshot) throws {
        complete(
            batch, ComparedProject(id: try projectID(), finding: .loaded(nil), fingerprint: "none", snapshot: snapshot))
    }

    fileprivate func completeAsKnown(_ batch: AuditBatch, snapshot: TransactionSnapshot) throws {
        complete(
            batch,
            ComparedProject(
                id: try projectID(), finding: .asKnown, fingerprint: batch.questions.first?.known ?? "",
                snapshot: snapshot))
    }

    private func complete(_ batch: AuditBatch, _ result: ComparedProject) {
        cache.complete(batch, [result], now: .now)
    }

    fileprivate func judge(_ applied: TransactionSnapshot) {
        cache.forgetDecisions(seenBy: applied)
        cache.judgeAudits(applied: applied, now: .now)
    }
}
