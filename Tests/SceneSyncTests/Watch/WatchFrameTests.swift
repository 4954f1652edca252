import Testing

@testable import scenesync

struct WatchFrameTests {
    private static func moment(_ seconds: Int) -> Moment {
        Moment(elapsed: .seconds(seconds), clock: "12:00:0\(seconds % 10)", stamp: "")
    }

    private static func state(scenes: Int, title: String = "The lighthouse") -> WatchState {
        var state = WatchState(project: "11111111-1111-4111-8111-111111111111")
        let list = (0..<scenes).map {
            ProjectEvent.Scene(number: Int32($0 + 1), prompt: "prompt \($0 + 1)", urls: ["a\($0)"], positions: [$0])
        }
        _ = state.apply(.opened, at: moment(0))
        _ = state.apply(.event(.snapshot(.init(title: title, scenes: list), revision: "r1")), at: moment(0))
        _ = state.apply(.event(.ready(revision: "r1")), at: moment(0))
        return state
    }

    private static func arrive(_ url: String, in scene: Int32, of state: inout WatchState, at second: Int) {
        let old = state.scenes[Int(scene) - 1].content
        let new = ProjectEvent.Scene(number: scene, urls: old.urls + [url], positions: old.positions)
        _ = state.apply(.event(.scene(new, revision: "r\(url)")), at: moment(second))
    }

    @Test func `a frame shows the project, its scenes and what happened`() {
        var state = Self.state(scenes: 2)
        Self.arrive("b", in: 2, of: &state, at: 5)

        let frame = WatchFrame(state: state, width: 60, height: 14, now: Self.moment(8))
        let lines = frame.lines.map(\.text.trimmingEnd)

        #expect(
            lines == [
                "The lighthouse                                        ● live",
                "11111111-1111-4111-8111-111111111111           heard 3 s ago",
                "revision rb, 3 s old",
                "3 images in 2 scenes, 1 arrived         1 in the last minute",
                String(repeating: "▁", count: 56) + "█▁▁▁",
                "",
                "   1 ▪       prompt 1",
                "   2 ▪▪      prompt 2                                3 s ago",
                "",
                "12:00:05  + scene 2: b",
                "12:00:00  live: 2 images in 2 scenes",
                "",
                "",
                "Ctrl-C ends",
            ])
    }

    @Test func `a frame never takes more than its size`() {
        var state = Self.state(scenes: 40, title: "画 title that is long, and 👩‍👧 wide")
        for scene in 1...20 { Self.arrive(String(repeating: "長", count: 50), in: Int32(scene), of: &state, at: 1) }
        _ = state.apply(.event(.stale(since: "2026-01-01T00:00:00.000Z")), at: Self.moment(2))

        for (width, height) in [(1, 1), (2, 3), (5, 8), (10, 9), (17, 10), (40, 24), (80, 24), (200, 60), (300, 100)] {
            let lines = WatchFrame(state: state, width: width, height: height, now: Self.moment(2)).lines
            #expect(lines.count <= height, "\(width)x\(height)")
            #expect(lines.allSatisfy { $0.text.cells <= width }, "\(width)x\(height)")
        }
        let full = WatchFrame(state: state, width: 80, height: 24, now: Self.moment(2)).lines
        #expect(full.count == 24)
        #expect(full.last?.text == "Ctrl-C ends")
    }

    @Test func `of many scenes those around the newest image are shown, and the others counted`() {
        var state = Self.state(scenes: 40)
        let before = WatchFrame(state: state, width: 60, height: 20, now: Self.moment(1)).lines.map(\.text)
        Self.arrive("new", in: 33, of: &state, at: 1)
        let after = WatchFrame(state: state, width: 60, height: 20, now: Self.moment(1)).lines.map(\.text)

        #expect(before.contains { $0.contains("prompt 1 ") || $0.hasSuffix("prompt 1") })
        #expect(!before.contains { $0.contains("prompt 33") })
        #expect(after.contains { $0.contains("prompt 33") })
        #expect(after.contains { $0.contains("more scenes") })
    }

    @Test(arguments: [
        (StreamNews.connecting, "○ connecting"), (.opened, "◐ catching up"),
        (.event(.stale(since: "12:00")), "◌ stale since 12:00"),
        (.lost(why: "w", again: .seconds(3)), "✗ connection lost, again every 3 s"),
        (.event(.deleted), "✗ the project was deleted"),
    ])
    func `the state of things is at the top`(news: StreamNews, badge: String) {
        var state = Self.state(scenes: 1)
        _ = state.apply(news, at: Self.moment(1))

        let first = WatchFrame(state: state, width: 80, height: 24, now: Self.moment(1)).lines[0]

        #expect(first.text.hasSuffix(badge))
        #expect(first.coded.contains("\u{1B}["))
    }

    @Test func `nothing that others wrote reaches the terminal as a command`() {
        var state = WatchState(project: "p")
        let evil = "\u{1B}]0;owned\u{7}\u{9B}2J\r\n"
        let scene = ProjectEvent.Scene(number: 1, prompt: evil, positions: [0])
        _ = state.apply(.event(.snapshot(.init(title: evil, scenes: [scene]), revision: evil)), at: Self.moment(0))
        _ = state.apply(
            .event(.scene(.init(number: 1, urls: [evil], positions: [0]), revision: "r")), at: Self.moment(1))
        _ = state.apply(.event(.stale(since: evil)), at: Self.moment(1))
        _ = state.apply(.lost(why: evil, again: .zero), at: Self.moment(1))

        for line in WatchFrame(state: state, width: 100, height: 30, now: Self.moment(1)).lines {
            #expect(!line.text.unicodeScalars.contains { $0.properties.generalCategory == .control }, "\(line.text)")
        }
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
