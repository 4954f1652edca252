import NIOCore
import ProjectSync
import Testing

@Suite(.timeLimit(.minutes(1))) struct CacheStreamTests {
    @Test func `a new stream of a warm project begins at once`() async throws {
        let fixture = try await CacheFixture.warm()

        #expect(try fixture.watch().heard == ["begin snapshot,ready"])
    }

    @Test func `a stream of a cold project begins with its load`() async throws {
        let fixture = CacheFixture()
        let watcher = try fixture.watch()
        #expect(watcher.heard == [])

        try fixture.complete(fixture.takeLoad())

        #expect(watcher.heard == ["begin snapshot,ready"])
    }

    @Test func `a stream of an unknown project ends`() async throws {
        let fixture = CacheFixture()
        let watcher = try fixture.watch()

        fixture.completeAbsent(try fixture.takeLoad(), try projectID())

        #expect(watcher.heard == ["unknown"])
    }

    @Test func `a client that is current gets ready alone`() async throws {
        let fixture = try await CacheFixture.warm()
        let revision = try #require(fixture.cache.warm(try projectID())?.body.revision)

        #expect(try fixture.watch("\(revision)").heard == ["begin ready"])
    }

    @Test func `a client that bears a revision in the history gets the scenes since`() async throws {
        let fixture = try await CacheFixture.warm()
        let revision = try #require(fixture.cache.warm(try projectID())?.body.revision)
        fixture.apply(try setImages([image(1, 0, "a"), image(2, 0, "b")], n: 1))
        fixture.apply(try setImages([image(1, 1, "c")], n: 2))

        #expect(try fixture.watch("\(revision)").heard == ["begin scene+scene,ready"])
    }

    @Test func `clients that come back from one place share what they are told`() async throws {
        let fixture = try await CacheFixture.warm()
        let revision = try #require(fixture.cache.warm(try projectID())?.body.revision)
        fixture.apply(try setImages([image(1, 0, "a"), image(2, 0, "b")], n: 1))
        func addresses(_ watcher: RecordingWatcher) -> [UnsafeRawPointer?] {
            watcher.frames.map { $0.withUnsafeReadableBytes(\.baseAddress) }
        }

        let (one, other) = (try fixture.watch("\(revision)"), try fixture.watch("\(revision)"))
        #expect(addresses(one) == addresses(other) && one.frames.count == 1)

        fixture.apply(try setImages([image(2, 0, "c")], n: 2))
        let later = try fixture.watch("\(revision)")
        #expect(later.frames.map { String(buffer: $0).contains("\"c\"") } == [true])
    }

    @Test func `a client that was cut within a batch is told of it although all is as it was before`() async throws {
        let fixture = try await CacheFixture.warm([image(1, 0, "a"), image(2, 0, "b")])
        let revision = try #require(fixture.cache.warm(try projectID())?.body.revision)
        fixture.apply(try setImages([image(1, 0, "x"), image(2, 0, "y")], n: 1))
        fixture.apply(try setImages([image(1, 0, "a"), image(2, 0, "b")], n: 2))
        #expect(fixture.cache.warm(try projectID())?.body.revision == revision)

        #expect(try fixture.watch("\(revision)").heard == ["begin scene+scene,ready"])
    }

    @Test(arguments: ["AAAAAAAAAAAAAAAAAAAAAA", "garbage", "é\u{1}", String(repeating: "x", count: 5_000)])
    func `any other id gets a snapshot from a load after it`(lastEventID: String) async throws {
        let fixture = try await CacheFixture.warm()

        let watcher = try fixture.watch(lastEventID)
        #expect(watcher.heard == [])
        try fixture.complete(fixture.takeLoad())

        #expect(watcher.heard == ["begin snapshot,ready"])
    }

    @Test func `a cold project tells a client that is current that it is`() async throws {
        let revision = try project(CacheFixture.document).revision
        let fixture = CacheFixture()
        let watcher = try fixture.watch("\(revision)")

        try fixture.complete(fixture.takeLoad())

        #expect(watcher.heard == ["begin ready"])
    }

    @Test func `while the feed is lost a stream gets what there is, and ready once it is back`() async throws {
        let fixture = try await CacheFixture.warm()
        fixture.cache.feedIsLost(since: "", reason: "gone")
        let watcher = try fixture.watch()
        #expect(watcher.heard == ["begin stale,snapshot"])
        _ = fixture.audience.heard()

        fixture.cache.feedIsLive()
        try fixture.complete(fixture.takeLoad(), CacheFixture.document, [image(1, 0, "missed")])

        #expect(fixture.audience.heard() == ["scenes 1", "ready"])
    }

    @Test func `ready follows a loss even if nothing has changed`() async throws {
        let fixture = try await CacheFixture.warm()
        _ = try fixture.watch()
        fixture.cache.feedIsLost(since: "", reason: "gone")
        fixture.cache.feedIsLive()
        try fixture.complete(fixture.takeLoad())

        #expect(fixture.audience.heard() == ["stale", "ready"])
    }

    @Test func `with nothing cached and no database a stream waits`() async throws {
        let fixture = CacheFixture()
        fixture.cache.feedIsLost(since: "", reason: "gone")
        let watcher = try fixture.watch()
        #expect(watcher.heard == ["wait"])

        fixture.cache.feedIsLive()
        try fixture.complete(fixture.takeLoad())

        #expect(watcher.heard == ["wait", "begin snapshot,ready"])
    }

    @Test func `an unknown id waits for healing while the feed is lost`() async throws {
        let fixture = try await CacheFixture.warm()
        fixture.cache.feedIsLost(since: "", reason: "gone")

        let watcher = try fixture.watch("garbage")

        #expect(watcher.heard == ["wait"])
    }

    @Test func `a change while the project waits for revalidation is left to its load`() async throws {
        let fixture = try await CacheFixture.warm([image(1, 0, "a")])
        _ = try fixture.watch()
        fixture.cache.feedIsLost(since: "", reason: "gone")
        fixture.cache.feedIsLive()
        _ = fixture.audience.heard()

        fixture.apply(try setImages([image(1, 2, "third")], xid: 300))
        #expect(fixture.audience.heard() == [])
        try fixture.complete(
            fixture.takeLoad(), CacheFixture.document, [image(1, 0, "a"), image(1, 1, "second"), image(1, 2, "third")],
            snapshot: TransactionSnapshot(xmin: 301, xmax: 301))

        #expect(fixture.audience.heard() == ["scenes 1", "ready"])
    }
}
