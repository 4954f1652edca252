import ProjectSync

/// Latencies of the last minute and the last hour: six histograms each that take turns, so that the oldest sixth is
/// forgotten at a time.
struct SlidingHistogram {
    private struct Slice {
        /// Which one it is, counted from 1970.
        let number: Int
        var histogram = LatencyHistogram()
    }

    private static let slices = 6

    private var minute: [Slice] = []
    /// Without what the minute's last slice has.
    private var hour: [Slice] = []

    mutating func record(_ microseconds: Int64, count: Int, second: Int) {
        let number = second / Self.seconds(.minute)
        if minute.last.map({ $0.number < number }) ?? true { begin(number) }
        minute[minute.count - 1].histogram.record(microseconds, count: count)
    }

    func merged(_ window: MonitorWindow, second: Int) -> LatencyHistogram {
        let oldest = second / Self.seconds(window) - Self.slices
        var merged = LatencyHistogram()
        for slice in window == .minute ? minute : hour where slice.number > oldest { merged.add(slice.histogram) }
        if window == .hour, let last = minute.last, Self.hours(last.number) > oldest { merged.add(last.histogram) }
        return merged
    }

    /// The minute's next slice; the one that ends goes to the hour's.
    private mutating func begin(_ number: Int) {
        if let last = minute.last {
            let hours = Self.hours(last.number)
            if hour.last?.number != hours {
                hour.removeAll { $0.number <= hours - Self.slices }
                hour.append(Slice(number: hours))
            }
            hour[hour.count - 1].histogram.add(last.histogram)
        }
        minute.removeAll { $0.number <= number - Self.slices }
        minute.append(Slice(number: number))
    }

    /// The number of the hour's slice that one of the minute's belongs to.
    private static func hours(_ number: Int) -> Int {
        number * seconds(.minute) / seconds(.hour)
    }

    private static func seconds(_ window: MonitorWindow) -> Int {
        window.seconds / slices
    }
}
