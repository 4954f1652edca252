/// Whether writers wait for the lock of a NOTIFY: seen in looks at the server's locks, of which some show chance meetings
/// of a few commits, or all who came while one flush took long. Those cost their writers less than changes by the table
/// cost their readers.
///
/// How many changes a second a server bears before they do depends on its disk: hundreds where a flush takes a
/// millisecond, thousands where it takes a tenth. So it is seen, not assumed, and the rate at which it was is remembered.
struct Contention {
    /// From so many changes a second on it is worth to look often.
    static let watchedAbove = 20.0
    /// How many looks are remembered, and in how many of them sessions have to wait.
    private static let looks = 8
    private static let needed = 4
    /// How long a rate at which writers waited is held against the server.
    private static let memory = Duration.seconds(60)

    /// Of each look whether it showed somebody.
    private var recent: [Bool] = []
    private var seen: (rate: Double, at: ContinuousClock.Instant)?

    /// The changes a second that were too many; nil if none are known.
    func tooMany(now: ContinuousClock.Instant) -> Double? {
        seen.flatMap { now - $0.at < Self.memory ? $0.rate : nil }
    }

    /// Notes how many sessions a look showed waiting while changes came at `rate`; returns whether writers wait, and not
    /// by chance.
    mutating func note(waiting: Int, rate: Double, now: ContinuousClock.Instant) -> Bool {
        recent.append(waiting > 0)
        if recent.count > Self.looks { recent.removeFirst() }
        guard waiting > 0, recent.count(where: { $0 }) >= Self.needed else { return false }
        seen = (max(rate, Self.watchedAbove), now)
        return true
    }

    /// While nobody notifies, nobody waits: nothing is to be learned from it.
    mutating func forgetLooks() {
        recent = []
    }
}
