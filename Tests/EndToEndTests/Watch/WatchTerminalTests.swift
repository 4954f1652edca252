import Glibc
import PostgresTestSupport
import Testing

@Suite(.daemon(), .timeLimit(.minutes(2)))
struct WatchTerminalTests {
    private let stage: Stage

    init() throws {
        stage = try Stage.current
    }

    private func watch(_ project: String, width: Int, height: Int) async throws -> TerminalProcess {
        try await TerminalProcess.start(
            [Command.binary, "watch", project, "--url", "http://127.0.0.1:\(stage.daemon.port)"], width: width,
            height: height)
    }

    @Test func `pictures appear as they arrive, on a screen that is given back`() async throws {
        let project = try await stage.insertProject(
            #"{"title": "The lighthouse", "scenes": [{"prompt": "dawn"}, {"prompt": "a stair"}]}"#)
        let terminal = try await watch(project, width: 72, height: 20)
        try await terminal.wait { $0.shows("● live") }
        let (wasAlternate, cursorShown) = (terminal.screen.isAlternate, terminal.screen.isCursorShown)
        let wasCooked = terminal.isCooked

        try await stage.save("https://example.com/stair.png", scene: 2, of: project)
        try await terminal.wait { $0.shows("+ scene 2: https://example.com/stair.png") && $0.shows("1 arrived") }
        let shown = terminal.screen.lines
        try await terminal.type("typed\u{3}")
        let status = try await terminal.waitForExit()

        #expect(wasAlternate && !cursorShown && !wasCooked)
        #expect(shown[0].hasPrefix("The lighthouse ") && shown[0].hasSuffix("● live"), "\(shown)")
        #expect(shown[1].hasPrefix(project))
        #expect(shown[6].hasPrefix("   1         dawn"), "\(shown)")
        #expect(shown[7].hasPrefix("   2 ▪       a stair"), "\(shown)")
        #expect(shown[19] == "Ctrl-C ends")
        #expect(status == 0)
        #expect(!terminal.screen.isAlternate && terminal.screen.isCursorShown)
        #expect(terminal.screen.transcript.contains("The lighthouse: 1 image in 2 scenes, 1 arrived in "))
        #expect(!terminal.screen.transcript.contains("typed"))
        #expect(terminal.screen.unknown.isEmpty, "\(terminal.screen.unknown)")
    }

    @Test func `a terminal that changes its size is filled anew`() async throws {
        let project = try await stage.insertProject()
        let terminal = try await watch(project, width: 100, height: 30)
        try await terminal.wait { $0.shows("● live") && $0.lines[29] == "Ctrl-C ends" }

        terminal.resize(width: 40, height: 14)
        try await terminal.wait { $0.lines[13] == "Ctrl-C ends" && $0.lines[0].hasSuffix("● live") }
        let isWithin = terminal.screen.unknown
        terminal.resize(width: 120, height: 40)
        try await terminal.wait { $0.lines[39] == "Ctrl-C ends" && $0.lines[0].count == 120 }

        #expect(isWithin.isEmpty || isWithin.allSatisfy { $0.hasPrefix("beyond") })
        kill(terminal.pid, SIGTERM)
        #expect(try await terminal.waitForExit() == 0)
        #expect(!terminal.screen.isAlternate && terminal.screen.isCursorShown)
    }

    @Test func `a terminal is given back also when the project is gone`() async throws {
        let project = try await stage.insertProject()
        let terminal = try await watch(project, width: 80, height: 24)
        try await terminal.wait { $0.shows("● live") }

        try await stage.write("DELETE FROM content_creation_requests WHERE id = $1::uuid", project)
        let status = try await terminal.waitForExit()

        #expect(status == 1)
        #expect(!terminal.screen.isAlternate && terminal.screen.isCursorShown)
        #expect(terminal.screen.transcript.contains("the project was deleted"))
    }
}
