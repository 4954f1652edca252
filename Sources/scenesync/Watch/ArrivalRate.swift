/// How many images arrived in each of the last seconds.
struct ArrivalRate: Equatable, Sendable {
    /// How far back it can tell.
    static let seconds = 60
    private static let levels = Array("▁▂▃▄▅▆▇█")

    private(set) var total = 0
    private var bySecond: [Int64: Int] = [:]

    mutating func count(_ images: Int, at moment: Moment) {
        guard images > 0 else { return }
        total += images
        let second = moment.elapsed.components.seconds
        bySecond[second, default: 0] += images
        bySecond = bySecond.filter { $0.key > second - Int64(Self.seconds) }
    }

    /// Second by second, the last one last.
    func last(_ count: Int, now: Moment) -> [Int] {
        let end = now.elapsed.components.seconds
        return (0..<Int64(max(0, count))).reversed().map { bySecond[end - $0] ?? 0 }
    }

    func lastMinute(now: Moment) -> Int {
        last(Self.seconds, now: now).reduce(0, +)
    }

    /// One bar a second; the lowest is for none at all, the highest for the best second shown.
    func sparkline(width: Int, now: Moment) -> String {
        let counts = last(min(width, Self.seconds), now: now)
        let top = max(1, counts.max() ?? 1)
        let highest = Self.levels.count - 1
        return String(counts.map { $0 == 0 ? Self.levels[0] : Self.levels[max(1, $0 * highest / top)] })
    }
}
