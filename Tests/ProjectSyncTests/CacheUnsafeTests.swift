import NIOCore
import ProjectSync
import Testing

/// While a transaction is open that may not have announced what it did.
@Suite(.timeLimit(.minutes(1))) struct CacheUnsafeTests {
    private func unsafe() -> CacheFixture {
        let fixture = CacheFixture(live: false)
        fixture.cache.feedIsUnsafe(since: "then", reason: "pid 7")
        return fixture
    }

    @Test func `reads are answered by loads that are not kept`() async throws {
        let fixture = unsafe()

        for url in ["first", "second"] {
            let read = await fixture.read(try projectID())
            try fixture.complete(fixture.takeLoad(), CacheFixture.document, [image(1, 0, url)])

            guard case .found(let answer) = await read.value else { throw Refused() }
            #expect(String(buffer: answer.body.scenes).contains(url))
            #expect(answer.source == .bypass)
            #expect(answer.isUnsafe && !answer.isStale)
            #expect(try fixture.scenes == nil)
        }
    }

    @Test func `a stream is told that it may lag, sees what changes, and is ready once it is safe`() async throws {
        let fixture = unsafe()
        let watcher = try fixture.watch()
        #expect(watcher.heard == ["wait"])
        try fixture.complete(fixture.takeLoad())
        #expect(watcher.heard == ["wait", "begin snapshot"])

        fixture.cache.renewUnsafe()
        try fixture.complete(fixture.takeLoad())
        #expect(fixture.audience.heard().isEmpty)
        fixture.cache.renewUnsafe()
        try fixture.complete(fixture.takeLoad(), CacheFixture.document, [image(1, 0, "new")])
        #expect(fixture.audience.heard() == ["snapshot"])
        fixture.cache.feedIsLive()
        try fixture.complete(fixture.takeLoad(), CacheFixture.document, [image(1, 0, "new")])

        #expect(fixture.audience.heard() == ["ready"])
        #expect(try fixture.scenes != nil)
    }

    @Test func `streams that are live are told when the feed is not safe any more`() async throws {
        let fixture = try await CacheFixture.warm()
        let watcher = try fixture.watch()

        fixture.cache.feedIsUnsafe(since: "now", reason: "pid 7")
        #expect(fixture.audience.heard() == ["stale"])
        fixture.cache.feedIsLive()
        try fixture.complete(fixture.takeLoad())

        #expect(fixture.audience.heard() == ["ready"])
        #expect(watcher.heard == ["begin snapshot,ready"])
    }

    @Test func `a load from before it was safe is not taken for a true one`() async throws {
        let fixture = unsafe()
        let read = await fixture.read(try projectID())
        let load = try fixture.takeLoad()

        fixture.cache.feedIsLive()
        let next = try fixture.takeLoad()
        try fixture.complete(load, CacheFixture.document, [image(1, 0, "without what was silent")])
        try fixture.complete(next, CacheFixture.document, [image(1, 0, "true")])

        guard case .found(let answer) = await read.value else { throw Refused() }
        #expect(String(buffer: answer.body.scenes).contains("true"))
        #expect(answer.source == .miss)
        #expect(try fixture.scenes?.contains("true") == true)
    }

    @Test func `what is announced meanwhile is not put upon a load that may lack other changes`() async throws {
        let fixture = unsafe()
        let watcher = try fixture.watch()
        let load = try fixture.takeLoad()

        fixture.apply(try setImages([image(1, 0, "later than the silent one")], xid: 200))
        try fixture.complete(load)

        #expect(watcher.heard == ["wait", "begin snapshot"])
        #expect(fixture.audience.heard().isEmpty)
        #expect(fixture.cache.overview.counts.applied == 0)
    }
}

private struct Refused: Error {}
