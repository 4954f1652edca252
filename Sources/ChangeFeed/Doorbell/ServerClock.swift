/// By how much the server's clock is ahead of ours, from questions for its time of which the quickest tells most.
struct ServerClock {
    private struct Answer {
        let ahead_microseconds: Int64
        let roundTrip: Duration
        let at: ContinuousClock.Instant
    }

    /// How long an answer counts for more than a slower one.
    private static let memory = Duration.seconds(60)

    private var best: Answer?

    /// `ours_microseconds` is our time when the answer was there.
    mutating func note(
        server_microseconds: Int64, ours_microseconds: Int64, roundTrip: Duration, now: ContinuousClock.Instant
    ) {
        if let best, roundTrip > best.roundTrip, now - best.at < Self.memory { return }
        let half = Int64(roundTrip / .microseconds(2))
        best = Answer(
            ahead_microseconds: server_microseconds - (ours_microseconds - half), roundTrip: roundTrip, at: now)
    }

    /// Zero as long as the difference can be the way of the answer: most clocks are in step.
    var ahead_microseconds: Int64 {
        guard let best, best.ahead_microseconds.magnitude > UInt64(best.roundTrip / .microseconds(2)) else { return 0 }
        return best.ahead_microseconds
    }
}
