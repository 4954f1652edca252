/// How long to wait between two readings of the table: readings begin a few milliseconds after each other while there
/// is something to read, and less often while there is not. A reading that took longer than that, since everybody wants
/// the processors, is soon followed by the next: what it brings costs the same, and viewers wait.
struct ReadingPace {
    private static let shortest = Duration.milliseconds(8)
    private static let longest = Duration.milliseconds(20)
    private static let leastPause = Duration.milliseconds(2)

    private var period = shortest
    private(set) var pause = shortest

    mutating func note(isEmpty: Bool, took: Duration) {
        period = isEmpty ? min(period * 1.5, Self.longest) : Self.shortest
        pause = max(period - took, Self.leastPause)
    }
}
