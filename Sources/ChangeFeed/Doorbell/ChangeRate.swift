import Glibc

/// How many changes come in a second, the last quarter of a second weighing most.
struct ChangeRate {
    private static let memory = Duration.milliseconds(250)

    private var level = 0.0
    private var at: ContinuousClock.Instant?

    mutating func note(_ count: Int, now: ContinuousClock.Instant) {
        level = remaining(now: now) + Double(count)
        at = now
    }

    func perSecond(now: ContinuousClock.Instant) -> Double {
        remaining(now: now) / (Self.memory / .seconds(1))
    }

    private func remaining(now: ContinuousClock.Instant) -> Double {
        at.map { level * exp(-((now - $0) / Self.memory)) } ?? 0
    }
}
