import NIOCore
import ProjectSync
import Testing

@Suite(.timeLimit(.minutes(1))) struct SyncTokenTests {
    private static let cluster: UInt64 = 0x0123_4567_89ab_cdef

    private func warm() async throws -> CacheFixture {
        let fixture = try await CacheFixture.warm([image(1, 0, "a")])
        fixture.cache.follow(cluster: Self.cluster)
        return fixture
    }

    private func isAnswered(_ fixture: CacheFixture, _ xid: UInt64, cluster: UInt64 = cluster) throws -> Bool {
        fixture.cache.warm(try projectID(), after: SyncToken(cluster: cluster, xid: xid)) != nil
    }

    private func reload(xid: UInt64) throws -> Change {
        Change(operation: .projectUpdate, project: try projectID(), xid: xid, n: 1, effect: .reload)
    }

    @Test(arguments: ["0123456789abcdef-1", "0000000000000000-18446744073709551615"])
    func `a token is read as it was written`(text: String) throws {
        let token = try #require(SyncToken(text))

        #expect(token.description == text)
    }

    @Test(arguments: [
        "", "x", "-", "0123456789abcdef", "0123456789abcdef-", "0123456789abcdef-0", "0123456789abcdef-01",
        "0123456789abcdef-+1", "0123456789ABCDEF-1", "+123456789abcdef-1", "0123456789abcde-1",
        "0123456789abcdef-18446744073709551616", "0123456789abcdef-1-1", " 0123456789abcdef-1",
    ])
    func `what no write has answered is no token`(text: String) {
        #expect(SyncToken(text) == nil)
    }

    @Test func `a state has what its load saw`() async throws {
        let fixture = try await warm()

        #expect(try isAnswered(fixture, 99))
        #expect(try !isAnswered(fixture, 100))
        #expect(try !isAnswered(fixture, 99, cluster: Self.cluster + 1))
    }

    @Test func `and what a reading saw whose changes have been applied`() async throws {
        let fixture = try await warm()

        fixture.cache.forgetDecisions(seenBy: TransactionSnapshot(xmin: 105, xmax: 110, inProgress: [107]))

        #expect(try isAnswered(fixture, 104))
        #expect(try isAnswered(fixture, 106))
        #expect(try !isAnswered(fixture, 107))
        #expect(try !isAnswered(fixture, 110))
    }

    @Test func `but not if writers may have been silent`() async throws {
        let fixture = try await warm()

        fixture.cache.forgetDecisions(seenBy: TransactionSnapshot(xmin: 105, xmax: 105), hasAll: false)

        #expect(try !isAnswered(fixture, 104))
        #expect(try isAnswered(fixture, 99))
    }

    @Test func `but not while it waits for a load that a change has made necessary`() async throws {
        let fixture = try await warm()
        fixture.apply(try reload(xid: 103))
        fixture.cache.forgetDecisions(seenBy: TransactionSnapshot(xmin: 105, xmax: 105))

        #expect(try !isAnswered(fixture, 103))
        #expect(try isAnswered(fixture, 99))

        try fixture.complete(fixture.takeLoad(), snapshot: TransactionSnapshot(xmin: 104, xmax: 104))
        #expect(try isAnswered(fixture, 103))
    }

    @Test func `and not while the database is lost, nor after, until it has been revalidated`() async throws {
        let fixture = try await warm()
        fixture.cache.feedIsLost(since: "2026-01-01T00:00:00Z", reason: "gone")
        #expect(try !isAnswered(fixture, 99))
        #expect(fixture.cache.warm(try projectID()) != nil)

        fixture.cache.follow(cluster: Self.cluster)
        fixture.cache.feedIsLive()

        #expect(try !isAnswered(fixture, 99))
    }

    @Test func `who cannot be answered waits for a load that is sent afterwards`() async throws {
        let fixture = try await warm()
        let id = try projectID()
        fixture.apply(try reload(xid: 101))
        let sentBefore = try fixture.takeLoad()
        let misses = fixture.cache.overview.counts.misses
        let read = Task { await fixture.cache.read(id, after: SyncToken(cluster: 7, xid: 5)) }
        while fixture.cache.overview.counts.misses == misses { await Task.yield() }
        let watcher = RecordingWatcher()
        fixture.cache.watch(id, StreamRequest(after: SyncToken(cluster: 7, xid: 5)), watcher)

        try fixture.complete(sentBefore, CacheFixture.document, [image(1, 0, "before")])
        #expect(watcher.heard == [])
        try fixture.complete(fixture.takeLoad(), CacheFixture.document, [image(1, 0, "after")])

        guard case .found(let answer) = await read.value else { throw NoAnswer() }
        #expect(String(buffer: answer.body.scenes).contains("after"))
        #expect(watcher.heard == ["begin snapshot,ready"])
    }

    @Test func `a stream begins at once if the state has the write`() async throws {
        let fixture = try await warm()
        let watcher = RecordingWatcher()

        fixture.cache.watch(
            try projectID(), StreamRequest(after: SyncToken(cluster: Self.cluster, xid: 99)), watcher)

        #expect(watcher.heard == ["begin snapshot,ready"])
    }

    @Test func `a stream that cannot have it while the database is lost is told so and no more`() async throws {
        let fixture = try await warm()
        fixture.cache.feedIsLost(since: "2026-01-01T00:00:00Z", reason: "gone")
        let watcher = RecordingWatcher()

        fixture.cache.watch(
            try projectID(), StreamRequest(after: SyncToken(cluster: Self.cluster, xid: 99)), watcher)

        #expect(watcher.heard == ["wait"])
    }
}

private struct NoAnswer: Error {}
