import Glibc

/// Shows what is watched: on a terminal's screen, else a line for each thing that happens.
struct WatchView {
    /// More often than this nobody sees a difference.
    private static let frameInterval = Duration.milliseconds(40)

    private(set) var state: WatchState
    private let screen: TerminalScreen?
    private let begin = ContinuousClock.now
    private var drawnAt: ContinuousClock.Instant?

    init(project: String, screen: TerminalScreen?) {
        state = WatchState(project: project)
        self.screen = screen
    }

    /// Returns false when nobody reads what is written any more.
    mutating func show(_ news: StreamNews) -> Bool {
        let moment = Moment.now(since: begin)
        let told = state.apply(news, at: moment)
        guard screen == nil else {
            drawIfDue()
            return true
        }
        return told.allSatisfy { Self.write("\(moment.stamp) \($0.text.printable)\n") }
    }

    /// Draws again, as ages grow and sizes change.
    mutating func draw() {
        guard let screen else { return }
        let (width, height) = screen.size
        drawnAt = .now
        screen.draw(WatchFrame(state: state, width: width, height: height, now: .now(since: begin)).lines)
    }

    /// What was seen, for when the screen is gone.
    var sum: String {
        let watched = (ContinuousClock.now - begin).brief
        return
            "\(state.title?.printable ?? state.project): \(state.imageCount.of("image")) in \(state.scenes.count.of("scene")), "
            + "\(state.rate.total) arrived in \(watched)"
    }

    /// What comes in between is drawn with the next tick.
    private mutating func drawIfDue() {
        if let drawnAt, ContinuousClock.now - drawnAt < Self.frameInterval { return }
        draw()
    }

    private static func write(_ line: String) -> Bool {
        let bytes = Array(line.utf8)
        return Glibc.write(STDOUT_FILENO, bytes, bytes.count) > 0
    }
}
