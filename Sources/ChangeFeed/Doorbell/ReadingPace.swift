/// How long to wait between two readings of the table: a few milliseconds while there is something to read, more when
/// there is not, and never so little that reading costs the database more than a quarter of a session.
struct ReadingPace {
    private static let shortest = Duration.milliseconds(4)
    private static let longestEmpty = Duration.milliseconds(20)
    private static let longestFull = Duration.milliseconds(25)

    private(set) var pause = shortest

    mutating func note(isEmpty: Bool, took: Duration) {
        let fair = min(max(took * 3, Self.shortest), Self.longestFull)
        pause = isEmpty ? min(max(pause * 1.5, fair), Self.longestEmpty) : fair
    }
}
