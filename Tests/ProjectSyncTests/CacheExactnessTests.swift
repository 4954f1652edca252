import NIOCore
import ProjectSync
import Testing

@Suite(.timeLimit(.minutes(1))) struct CacheExactnessTests {
    @Test func `a change that the load could not see is applied`() async throws {
        let fixture = try await CacheFixture.warm()

        fixture.apply(try setImages([image(1, 0, "new")], xid: 100))

        #expect(try fixture.scenes == #"[{"index": 1, "imageUrls": ["new"]}, {"index": 2, "imageUrls": []}]"#)
    }

    @Test func `a change that the load has seen is skipped`() async throws {
        let fixture = try await CacheFixture.warm([image(1, 0, "newest")])

        fixture.apply(try setImages([image(1, 0, "before the load")], xid: 99))

        #expect(try fixture.scenes == #"[{"index": 1, "imageUrls": ["newest"]}, {"index": 2, "imageUrls": []}]"#)
        #expect(fixture.cache.overview.counts.skipped == 1)
    }

    @Test func `a change of a transaction in progress at the load is applied although its xid is low`() async throws {
        let fixture = CacheFixture()
        let read = await fixture.read(try projectID())
        try fixture.complete(
            fixture.takeLoad(), snapshot: TransactionSnapshot(xmin: 50, xmax: 100, inProgress: [50]))
        _ = await read.value

        fixture.apply(
            try setImages([image(1, 0, "late commit")], xid: 50), try setImages([image(2, 0, "seen")], xid: 51))

        #expect(try fixture.scenes == #"[{"index": 1, "imageUrls": ["late commit"]}, {"index": 2, "imageUrls": []}]"#)
    }

    @Test func `changes that arrive during a load are kept for it`() async throws {
        let fixture = CacheFixture()
        let read = await fixture.read(try projectID())
        let load = try fixture.takeLoad()

        fixture.apply(
            try setImages([image(1, 0, "unseen")], xid: 100),
            try setImages([image(2, 0, "seen, then replaced")], xid: 99))
        try fixture.complete(load, CacheFixture.document, [image(2, 0, "replaced")])
        _ = await read.value

        #expect(
            try fixture.scenes == #"[{"index": 1, "imageUrls": ["unseen"]}, {"index": 2, "imageUrls": ["replaced"]}]"#)
    }

    /// Places are told as they were when all of it was read: with the old document that would never have been.
    @Test func `what comes together with a changed document is shown together with it`() async throws {
        let fixture = try await CacheFixture.warm()
        let watcher = try fixture.watch()

        fixture.apply(
            try setImages([image(1, 0, "of the new document")], xid: 100, n: 1),
            Change(operation: .projectUpdate, project: try projectID(), xid: 100, n: 2, effect: .reload))
        #expect(fixture.audience.heard().isEmpty)
        try fixture.complete(
            fixture.takeLoad(), #"{"scenes": [{"index": 1, "new": 1}]}"#, [image(1, 0, "of the new document")],
            snapshot: TransactionSnapshot(xmin: 101, xmax: 101))

        #expect(fixture.audience.heard() == ["snapshot"])
        #expect(watcher.heard.count == 1)
    }

    @Test func `a change before the load is sent is left to the load`() async throws {
        let fixture = CacheFixture()
        let read = await fixture.read(try projectID())

        fixture.apply(try setImages([image(1, 0, "committed before")], xid: 90))
        try fixture.complete(fixture.takeLoad(), CacheFixture.document, [image(1, 0, "later")])
        _ = await read.value

        #expect(try fixture.scenes == #"[{"index": 1, "imageUrls": ["later"]}, {"index": 2, "imageUrls": []}]"#)
    }

    @Test func `a document that changes during a load is loaded again`() async throws {
        let fixture = CacheFixture()
        let read = await fixture.read(try projectID())
        let load = try fixture.takeLoad()

        fixture.apply(Change(operation: .projectUpdate, project: try projectID(), xid: 100, n: 1, effect: .reload))
        try fixture.complete(load)
        _ = await read.value
        try fixture.complete(
            fixture.takeLoad(), #"{"scenes": []}"#, snapshot: TransactionSnapshot(xmin: 101, xmax: 101))

        #expect(try fixture.scenes == "[]")
    }

    @Test func `a document's change that the load has seen is not loaded again`() async throws {
        let fixture = try await CacheFixture.warm()

        fixture.apply(Change(operation: .projectUpdate, project: try projectID(), xid: 99, n: 1, effect: .reload))

        #expect(fixture.cache.takeLoads(atMost: 1) == nil)
    }

    @Test func `changes after a changed document wait for its load, so that no state is shown that never was`()
        async throws
    {
        let fixture = try await CacheFixture.warm()
        _ = try fixture.watch()
        _ = fixture.audience.heard()

        fixture.apply(
            Change(operation: .projectUpdate, project: try projectID(), xid: 100, n: 1, effect: .reload),
            try setImages([image(1, 0, "same transaction")], xid: 100, n: 2))
        let load = try fixture.takeLoad()
        fixture.apply(try setImages([image(1, 1, "after the load was sent")], xid: 101, n: 3))
        #expect(fixture.audience.heard() == [])
        try fixture.complete(
            load, #"{"scenes": [{"index": 1}]}"#, [image(1, 0, "same transaction")],
            snapshot: TransactionSnapshot(xmin: 101, xmax: 101))

        #expect(fixture.audience.heard() == ["snapshot"])
        #expect(
            try fixture.scenes
                == #"[{"index": 1, "imageUrls": ["same transaction", "after the load was sent"]}]"#)
    }

    @Test func `of changes that a load has missed all wait for the next one if a changed document is among them`()
        async throws
    {
        let fixture = CacheFixture()
        let read = await fixture.read(try projectID())
        let load = try fixture.takeLoad()

        fixture.apply(
            try setImages([image(1, 0, "before")], xid: 100, n: 1),
            Change(operation: .projectUpdate, project: try projectID(), xid: 101, n: 2, effect: .reload),
            try setImages([image(2, 0, "after")], xid: 101, n: 3))
        try fixture.complete(load)
        _ = await read.value

        #expect(try fixture.scenes == #"[{"index": 1, "imageUrls": []}, {"index": 2, "imageUrls": []}]"#)
        #expect(try fixture.takeLoad().projects.count == 1)
    }

    @Test func `a load that has missed a changed document does not take back what was shown before that`() async throws
    {
        let fixture = try await CacheFixture.warm()
        _ = try fixture.watch()
        let read = await fixture.read(try projectID(), fresh: true)
        let load = try fixture.takeLoad()
        fixture.apply(try setImages([image(1, 0, "a")], xid: 100, n: 1))
        #expect(fixture.audience.heard() == ["scenes 1"])

        fixture.apply(Change(operation: .projectUpdate, project: try projectID(), xid: 101, n: 2, effect: .reload))
        try fixture.complete(load)

        #expect(fixture.audience.heard() == [])
        guard case .found(let answer) = await read.value else { throw CancellationError() }
        #expect(String(buffer: answer.body.scenes).contains(#""imageUrls": ["a"]"#))
        #expect(try fixture.takeLoad().projects.count == 1)
    }

    @Test func `one batch is one publication for each scene`() async throws {
        let fixture = try await CacheFixture.warm()
        let watcher = try fixture.watch()
        _ = fixture.audience.heard()

        fixture.apply(
            try setImages([image(1, 0, "a")], n: 1), try setImages([image(2, 0, "b")], n: 2),
            try setImages([image(1, 1, "c")], n: 3))

        #expect(fixture.audience.heard() == ["scenes 1,2"])
        #expect(watcher.heard == ["begin snapshot,ready"])
    }

    @Test func `a write of the same URL is no event`() async throws {
        let fixture = try await CacheFixture.warm([image(1, 0, "a")])
        _ = try fixture.watch()
        _ = fixture.audience.heard()

        fixture.apply(try setImages([image(1, 0, "a")]))

        #expect(fixture.audience.heard() == [])
    }

    @Test func `truncation reloads every project that has not seen it`() async throws {
        let fixture = try await CacheFixture.warm([image(1, 0, "a")])

        fixture.apply(Change(operation: .truncate, project: nil, xid: 100, n: 1, effect: .reload))
        try fixture.complete(
            fixture.takeLoad(), CacheFixture.document, lost: [1: 1], snapshot: TransactionSnapshot(xmin: 101, xmax: 101)
        )

        #expect(try fixture.scenes == #"[{"index": 1, "imageUrls": []}, {"index": 2, "imageUrls": []}]"#)
    }

    @Test func `a project that is gone is gone for its subscribers, and not remembered`() async throws {
        let fixture = try await CacheFixture.warm()
        let watcher = try fixture.watch()
        fixture.apply(Change(operation: .projectDelete, project: try projectID(), xid: 100, n: 1, effect: .reload))
        _ = fixture.audience.heard()

        fixture.completeAbsent(try fixture.takeLoad(), try projectID())
        fixture.cache.unwatch(try projectID(), watcher)

        #expect(fixture.audience.heard() == ["deleted"])
        #expect(fixture.cache.overview.projects.isEmpty)
        #expect(fixture.cache.overview.size_bytes == 0)
    }
}
