/// Counts of latencies in buckets whose widths grow with what they hold, as an HDR histogram has them: 800 bytes, and a
/// quantile is at most a sixteenth wrong.
struct LatencyHistogram {
    /// A power of two is so many buckets.
    private static let steps = 8
    private static let steps_bits = 3
    /// 134 seconds; what is longer is counted as that.
    private static let longest_microseconds: Int64 = 1 << 27 - 1
    private static let buckets = bucket(of: longest_microseconds) + 1

    private var counts: [UInt32] = []
    private(set) var total = 0

    mutating func record(_ microseconds: Int64, count: Int = 1) {
        if counts.isEmpty { counts = [UInt32](repeating: 0, count: Self.buckets) }
        let bucket = Self.bucket(of: min(max(microseconds, 0), Self.longest_microseconds))
        counts[bucket] = UInt32(clamping: Int(counts[bucket]) + count)
        total += count
    }

    mutating func add(_ other: LatencyHistogram) {
        guard !other.counts.isEmpty else { return }
        if counts.isEmpty { counts = [UInt32](repeating: 0, count: Self.buckets) }
        for bucket in counts.indices {
            counts[bucket] = UInt32(clamping: Int(counts[bucket]) + Int(other.counts[bucket]))
        }
        total += other.total
    }

    /// The latency that a share of `quantile` does not exceed; nil if there is none.
    func microseconds(at quantile: Double) -> Int64? {
        guard total > 0 else { return nil }
        let rank = max(1, Int((quantile * Double(total)).rounded(.up)))
        var seen = 0
        for (bucket, count) in counts.enumerated() {
            seen += Int(count)
            if seen >= rank { return Self.middle(of: bucket) }
        }
        return Self.longest_microseconds
    }

    /// Below 8 a bucket is one microsecond.
    private static func bucket(of microseconds: Int64) -> Int {
        guard microseconds >= steps else { return Int(microseconds) }
        let exponent = 63 - microseconds.leadingZeroBitCount
        return (exponent - steps_bits + 1) * steps + Int(microseconds >> (exponent - steps_bits)) - steps
    }

    private static func middle(of bucket: Int) -> Int64 {
        guard bucket >= steps * 2 else { return Int64(bucket) }
        let shift = bucket / steps - 1
        let low = Int64(bucket % steps + steps) << shift
        return low + (1 << shift) / 2
    }
}
