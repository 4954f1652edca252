/// A histogram of durations, true to 3 %.
struct Latencies {
    private(set) var count = 0
    /// 64 buckets of a microsecond, then 32 for each doubling.
    private var buckets = [Int](repeating: 0, count: 60 * 32)
    private var longest_us = 0

    mutating func add(_ duration_us: Int) {
        let duration_us = max(0, duration_us)
        let shift = max(0, 58 - duration_us.leadingZeroBitCount)
        buckets[shift * 32 + (duration_us >> shift)] += 1
        count += 1
        longest_us = max(longest_us, duration_us)
    }

    func quantile_ms(_ share: Double) -> Double {
        var left = Int((share * Double(count)).rounded(.up))
        for (place, bucket) in buckets.enumerated() {
            left -= bucket
            if left <= 0, bucket > 0 {
                let shift = max(0, place / 32 - 1)
                let end = (place - shift * 32 + 1) << shift
                return Double(min(end, longest_us)) / 1_000
            }
        }
        return 0
    }
}
