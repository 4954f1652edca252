/// How long to wait before the next attempt: doubling, with jitter, so that many daemons do not come at once.
struct Backoff {
    static let first = Duration.milliseconds(100)
    static let longest = Duration.seconds(1)

    private var next = first

    mutating func reset() {
        next = Self.first
    }

    mutating func delay() -> Duration {
        let delay = next * Double.random(in: 0.5...1)
        next = min(next * 2, Self.longest)
        return delay
    }
}
