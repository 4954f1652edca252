import Testing

@testable import scenesync

struct WatchStateTests {
    private static func moment(_ seconds: Int) -> Moment {
        Moment(elapsed: .seconds(seconds), clock: "12:00:\(seconds < 10 ? "0" : "")\(seconds)", stamp: "")
    }

    private static func scene(_ number: Int32, _ urls: [String], at position: Int? = nil) -> ProjectEvent.Scene {
        ProjectEvent.Scene(number: number, prompt: "p\(number)", urls: urls, positions: [position ?? Int(number) - 1])
    }

    private static func snapshot(_ scenes: [ProjectEvent.Scene], _ revision: String) -> StreamNews {
        .event(.snapshot(.init(title: "t", scenes: scenes), revision: revision))
    }

    /// Two scenes, of which the first has an image; live.
    private static func live() -> WatchState {
        var state = WatchState(project: "p")
        _ = state.apply(.opened, at: moment(0))
        _ = state.apply(snapshot([scene(1, ["a"]), scene(2, [])], "r1"), at: moment(0))
        _ = state.apply(.event(.ready(revision: "r1")), at: moment(0))
        return state
    }

    @Test func `what was there before is no arrival`() {
        let state = Self.live()

        #expect(state.condition == .live)
        #expect(state.rate.total == 0)
        #expect(state.imageCount == 1)
        #expect(state.changedAt == nil)
        #expect(state.happenings.map(\.what) == [.live(images: 1, scenes: 2)])
    }

    @Test func `an image arrives once, and one that goes is told`() {
        var state = Self.live()

        let first = state.apply(.event(.scene(Self.scene(1, ["a", "b"]), revision: "r2")), at: Self.moment(3))
        let again = state.apply(.event(.scene(Self.scene(1, ["a", "b"]), revision: "r2")), at: Self.moment(4))
        let replaced = state.apply(.event(.scene(Self.scene(1, ["c", "b"]), revision: "r3")), at: Self.moment(5))
        let gone = state.apply(.event(.scene(Self.scene(1, []), revision: "r4")), at: Self.moment(6))

        #expect(first == [.arrived(scene: 1, url: "b")])
        #expect(again.isEmpty)
        #expect(replaced == [.left(scene: 1, count: 1), .arrived(scene: 1, url: "c")])
        #expect(gone == [.left(scene: 1, count: 2)])
        #expect(state.scenes[0].lastArrival == Self.moment(5))
        #expect(state.scenes[0].content.prompt == "p1")
        #expect(state.revision == "r4")
        #expect(state.changedAt == Self.moment(6))
        #expect(state.rate.total == 2)
    }

    @Test func `a snapshot tells what it changed`() {
        var state = Self.live()
        _ = state.apply(.event(.scene(Self.scene(2, ["x"]), revision: "r2")), at: Self.moment(1))

        let moved = state.apply(
            Self.snapshot([Self.scene(2, ["x", "y"], at: 0), Self.scene(1, ["a"], at: 1)], "r3"), at: Self.moment(2))
        let edited = state.apply(
            Self.snapshot([Self.scene(2, ["x", "y"], at: 0)], "r4"), at: Self.moment(3))
        let same = state.apply(Self.snapshot([Self.scene(2, ["x", "y"], at: 0)], "r4"), at: Self.moment(4))

        #expect(moved == [.arrived(scene: 2, url: "y")])
        #expect(edited == [.documentChanged])
        #expect(same.isEmpty)
        #expect(state.scenes[0].lastArrival == Self.moment(2))
    }

    @Test func `images of a scene that the document does not have wait for it`() {
        var state = Self.live()

        let arrived = state.apply(
            .event(.scene(.init(number: 7, urls: ["z"]), revision: "r2")), at: Self.moment(1))
        let counted = state.imageCount
        let named = state.apply(
            Self.snapshot([Self.scene(1, ["a"]), Self.scene(7, ["z"], at: 1)], "r3"), at: Self.moment(2))

        #expect(arrived == [.arrived(scene: 7, url: "z")])
        #expect(counted == 2)
        #expect(named == [.documentChanged])
        #expect(state.imageCount == 2)
        #expect(state.elsewhere.isEmpty)
    }

    @Test func `scenes that share a number change together`() {
        var state = WatchState(project: "p")
        _ = state.apply(Self.snapshot([Self.scene(3, [], at: 0), Self.scene(3, [], at: 1)], "r"), at: Self.moment(0))

        let told = state.apply(
            .event(.scene(.init(number: 3, urls: ["a"], positions: [0, 1]), revision: "s")), at: Self.moment(1))

        #expect(told == [.arrived(scene: 3, url: "a")])
        #expect(state.scenes.map(\.content.urls) == [["a"], ["a"]])
    }

    @Test func `trouble is told, and ready ends it`() {
        var state = Self.live()

        let stale = state.apply(.event(.stale(since: "s")), at: Self.moment(1))
        let ready = state.apply(.event(.ready(revision: "r1")), at: Self.moment(2))
        let lost = state.apply(.lost(why: "w", again: .seconds(1)), at: Self.moment(3))
        let isLost = state.condition == .lost(again: .seconds(1))
        _ = state.apply(.connecting, at: Self.moment(4))
        _ = state.apply(.opened, at: Self.moment(5))
        let isCatchingUp = state.condition == .catchingUp
        let resumed = state.apply(.event(.ready(revision: "r1")), at: Self.moment(5))

        #expect(stale == [.stale(since: "s")])
        #expect(ready == [.live(images: 1, scenes: 2)])
        #expect(lost == [.lost(why: "w", again: .seconds(1))])
        #expect(isLost && isCatchingUp)
        #expect(resumed == [.live(images: 1, scenes: 2)])
        #expect(state.condition == .live)
        #expect(state.heardAt == Self.moment(5))
    }

    @Test func `the end is told`() {
        var state = Self.live()

        #expect(state.apply(.event(.deleted), at: Self.moment(1)) == [.deleted])
        #expect(state.condition == .ended(.deleted))
    }

    @Test func `arrivals are counted by the second, for a minute`() {
        var rate = ArrivalRate()
        rate.count(2, at: Self.moment(1))
        rate.count(1, at: Self.moment(1))
        rate.count(6, at: Self.moment(3))

        #expect(rate.last(4, now: Self.moment(4)) == [3, 0, 6, 0])
        #expect(rate.sparkline(width: 4, now: Self.moment(4)) == "▄▁█▁")
        #expect(rate.lastMinute(now: Self.moment(60)) == 9)
        #expect(rate.lastMinute(now: Self.moment(61)) == 6)
        #expect(rate.sparkline(width: 0, now: Self.moment(4)) == "")
        #expect(rate.total == 9)
    }
}
