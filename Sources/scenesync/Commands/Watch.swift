import ArgumentParser
import ProjectSync
import UnixSignals

/// A live view of one project in the terminal.
struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch the images of a project arrive.",
        discussion: """
            Follows the stream of a running daemon, over its restarts, too. Where stdout is not a terminal, each thing \
            that happens is a line. Ctrl-C ends.
            """)

    /// How often ages are brought up to date.
    private static let tick = Duration.milliseconds(250)

    private enum Input: Sendable {
        case news(StreamNews)
        case tick
        case interrupted
        case ended(any Error)
    }

    @Argument(
        help: "The project's id.",
        transform: { text in
            guard let id = ProjectID(text) else {
                throw ValidationError("'\(text)' is no project's id: it is 8-4-4-4-12 hexadecimal digits")
            }
            return id
        })
    var project: ProjectID

    @OptionGroup var daemon: ClientOptions

    @Option(help: "A JSON file of settings, keys as the flags.")
    var config: String?

    func run() async throws {
        try await ExitStatus.report {
            let client = try daemon.client(Settings(configurationFile: config))
            try await watch(ProjectStream(address: client.url, project: project, token: client.token))
        }
    }

    private func watch(_ stream: ProjectStream) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup, .sigquit, .sigwinch)
        let (inputs, input) = AsyncStream<Input>.makeStream()
        let screen = TerminalScreen.open()
        var view = WatchView(project: "\(project)", screen: screen)
        let result: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup { tasks in
                tasks.addTask {
                    do { try await stream.run { input.yield(.news($0)) } } catch { input.yield(.ended(error)) }
                }
                tasks.addTask {
                    for await signal in signals { input.yield(signal == .sigwinch ? .tick : .interrupted) }
                }
                if screen != nil {
                    tasks.addTask {
                        while true {
                            try await Task.sleep(for: Self.tick)
                            input.yield(.tick)
                        }
                    }
                }
                defer { tasks.cancelAll() }
                try await Self.show(inputs, in: &view)
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        screen?.close()
        if screen != nil, view.state.revision != nil { Console.print(view.sum) }
        try result.get()
    }

    /// Returns when it is interrupted, or when nobody reads any more.
    private static func show(_ inputs: AsyncStream<Input>, in view: inout WatchView) async throws {
        view.draw()
        for await input in inputs {
            switch input {
            case .news(let news): if !view.show(news) { return }
            case .tick: view.draw()
            case .interrupted: return
            case .ended(let error): throw error
            }
        }
    }
}
