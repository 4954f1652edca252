/// When an issuer's keys are asked for again: soon for a key that we have not heard of, but however many such are named
/// only a few times in a row, and then every ten seconds.
struct RefreshPlan {
    private static let refill = Duration.seconds(10)
    private static let most = 3
    private static let afterFailure = Duration.seconds(5)
    private static let afterSuccess = Duration.seconds(300)

    private var left = most
    private var refilledAt: ContinuousClock.Instant?
    private var lastTry: (at: ContinuousClock.Instant, hasSucceeded: Bool)?
    private var isWanted = false
    private var isRunning = false

    /// A key is named that is not here. Whether it is worth to wait for an answer.
    mutating func want(now: ContinuousClock.Instant) -> Bool {
        isWanted = true
        fill(now)
        return isRunning || left > 0
    }

    /// Whether to ask now; then it has begun, and is to be ended.
    mutating func begin(now: ContinuousClock.Instant) -> Bool {
        guard !isRunning else { return false }
        fill(now)
        if isWanted, left > 0 {
            left -= 1
        } else if let lastTry {
            guard now - lastTry.at >= (lastTry.hasSucceeded ? Self.afterSuccess : Self.afterFailure) else {
                return false
            }
        }
        isWanted = false
        isRunning = true
        return true
    }

    mutating func end(hasSucceeded: Bool, now: ContinuousClock.Instant) {
        isRunning = false
        lastTry = (now, hasSucceeded)
    }

    private mutating func fill(_ now: ContinuousClock.Instant) {
        guard let refilledAt else {
            refilledAt = now
            return
        }
        let count = Int((now - refilledAt) / Self.refill)
        guard count > 0 else { return }
        left = min(Self.most, left + count)
        self.refilledAt = now
    }
}
