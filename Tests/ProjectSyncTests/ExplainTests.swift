import NIOCore
import Testing

@testable import ProjectSync

@Suite(.timeLimit(.minutes(1))) struct ExplainTests {
    private let place = Place(scene: 1, image: 0)

    private func explain(_ fixture: CacheFixture, _ place: Place? = nil) throws -> Explanation {
        fixture.cache.explain(try projectID(), place ?? self.place)
    }

    private func words(_ event: Explanation.Event?) -> String? {
        switch event?.outcome {
        case .applied: "applied"
        case .unchanged: "unchanged"
        case .outdated(let n): "outdated by \(n)"
        case .held: "held"
        case .loaded: "loaded"
        case .awaitsLoad: "awaits load"
        case nil: nil
        }
    }

    @Test func `a change of the place is told with its content and who was sent it`() async throws {
        let fixture = try await CacheFixture.warm()
        _ = try fixture.watch()
        _ = try fixture.watch()

        fixture.apply(try setImages([image(1, 0, "a"), image(1, 1, "b")], xid: 150, n: 7))
        fixture.apply(try setImages([image(2, 0, "elsewhere")], xid: 151, n: 8))
        fixture.apply(try setImages([], gone: [place], lost: [1: 9], xid: 152, n: 9))

        let explanation = try explain(fixture)
        #expect(explanation.events.map(\.traced.change.n) == [7, 9])
        #expect(explanation.events.map(\.content) == [.image(ImageURL("a")), .gone])
        #expect(explanation.events.map { words($0) } == ["applied", "applied"])
        #expect(explanation.events.map { $0.publication?.subscribers } == [2, 2])
        #expect(explanation.events.compactMap { $0.publication?.position } == [1, 3])
        #expect(explanation.cached?.image == nil)
        #expect(explanation.cached?.generation == 9)
        #expect(explanation.cached?.isOnFallback == false)
        #expect(explanation.cached?.positions == [0])
        #expect(explanation.hasForgotten == false)
    }

    @Test func `what came late, changed nothing or was in the load is told apart`() async throws {
        let fixture = try await CacheFixture.warm([image(1, 0, "a")])

        fixture.apply(try setImages([image(1, 0, "a")], xid: 150, n: 5))
        fixture.apply(try setImages([image(1, 0, "older")], xid: 149, n: 4))
        fixture.apply(try setImages([image(1, 0, "before the load")], xid: 99, n: 3))

        #expect(try explain(fixture).events.map { words($0) } == ["unchanged", "outdated by 5", "held"])
        #expect(try explain(fixture).events.allSatisfy { $0.publication == nil })
    }

    @Test func `what a load has to tell waits for it, and is told with it`() async throws {
        let fixture = try await CacheFixture.warm()
        _ = try fixture.watch()

        fixture.apply(
            Change(operation: .projectUpdate, project: try projectID(), xid: 150, n: 1, effect: .reload),
            Change(operation: .insert, project: try projectID(), xid: 151, n: 2, effect: .rereadScenes([2])),
            try setImages([image(1, 0, "a")], xid: 152, n: 3))
        #expect(try explain(fixture).events.map { words($0) } == ["awaits load", "awaits load"])
        #expect(try explain(fixture).cached?.isBehind == true)
        try fixture.complete(
            fixture.takeLoad(), CacheFixture.document, [image(1, 0, "a")],
            snapshot: TransactionSnapshot(xmin: 153, xmax: 153))

        let explanation = try explain(fixture)
        #expect(explanation.events.map { words($0) } == ["loaded", "loaded"])
        #expect(explanation.events.map(\.content) == [.untold, .image(ImageURL("a"))])
        #expect(explanation.events.last?.publication?.subscribers == 1)
        #expect(try explain(fixture, Place(scene: 2, image: 0)).events.count == 2)
    }

    @Test func `a repair of the audit is told`() async throws {
        let fixture = try await CacheFixture.warm()
        let snapshot = TransactionSnapshot(xmin: 200, xmax: 200)
        _ = fixture.cache.takeAudits(now: .now)
        var batch: AuditBatch?
        for second in 1...60 where batch == nil { batch = fixture.cache.takeAudits(now: .now + .seconds(second)) }

        let state = try project(CacheFixture.document, [image(1, 0, "silent")], snapshot: snapshot)
        fixture.cache.complete(
            try #require(batch),
            [ComparedProject(id: state.id, finding: .loaded(state), fingerprint: "1", snapshot: snapshot)], now: .now)
        fixture.cache.judgeAudits(applied: snapshot, now: .now)

        let explanation = try explain(fixture)
        #expect(explanation.repairs.count == 1)
        #expect(explanation.cached?.image == ImageURL("silent"))
        #expect(explanation.cached?.audit.divergences == 1)
    }

    @Test func `of a project that is not in memory nothing is known`() throws {
        let explanation = try explain(CacheFixture())

        #expect(explanation.cached == nil)
        #expect(explanation.events.isEmpty)
    }

    @Test func `the trace is bounded in bytes, and what it loses is the oldest`() async throws {
        let fixture = try await CacheFixture.warm()
        let url = String(repeating: "x", count: 1_000)

        for n in 1...1_000 { fixture.apply(try setImages([image(1, 0, "\(n)\(url)")], xid: 150, n: Int64(n))) }

        let explanation = try explain(fixture)
        #expect(explanation.events.last?.traced.change.n == 1_000)
        #expect((20...70).contains(explanation.events.count))
        #expect(explanation.hasForgotten)
    }

    @Test func `of a change of very many places it is kept that it was`() async throws {
        let fixture = try await CacheFixture.warm()
        let images = (0..<5_000).map { image(1, $0, "url \($0)") }

        fixture.apply(try setImages(images, xid: 150, n: 1))

        let event = try #require(try explain(fixture).events.first)
        #expect(event.content == .untold)
        #expect(event.traced.isShortened)
        #expect(words(event) == "applied")
        #expect(event.traced.size_bytes < 1_000)
    }
}
