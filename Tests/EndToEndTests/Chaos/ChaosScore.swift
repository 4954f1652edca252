/// How one kind of fault went: a line of the scoreboard.
struct ChaosScore: Sendable {
    let fault: String
    var times = 1
    var commits = 0
    var events = 0
    var losses = 0
    /// Until the daemon said that it is stale; nil if it never had to.
    var noticed: Duration?
    /// From the healing until all that anybody sees is what the database has; nil if that never came.
    var converged: Duration?
    var footprint: Footprint?
    /// Why it was left out.
    var obstacle: String?

    /// Of several the worst.
    func merged(with other: ChaosScore) -> ChaosScore {
        var both = other
        both.times = times + other.times
        both.commits = commits + other.commits
        both.events = events + other.events
        both.losses = max(losses, other.losses)
        both.noticed = [noticed, other.noticed].compactMap { $0 }.max()
        both.converged = converged.flatMap { mine in other.converged.map { max(mine, $0) } }
        return both
    }
}
