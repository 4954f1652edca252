import ProjectSync

/// Latencies of the last while: six histograms that take turns, so that the oldest sixth is forgotten at a time.
struct SlidingHistogram {
    private static let slices = 6

    let slice_seconds: Int
    private var histograms: [(slice: Int, histogram: LatencyHistogram)] = []

    init(_ window: MonitorWindow) {
        slice_seconds = window.seconds / Self.slices
    }

    mutating func record(_ microseconds: Int64, count: Int, second: Int) {
        let slice = second / slice_seconds
        if let last = histograms.indices.last, histograms[last].slice >= slice {
            return histograms[last].histogram.record(microseconds, count: count)
        }
        histograms.removeAll { $0.slice <= slice - Self.slices }
        var histogram = LatencyHistogram()
        histogram.record(microseconds, count: count)
        histograms.append((slice, histogram))
    }

    func merged(second: Int) -> LatencyHistogram {
        let slice = second / slice_seconds
        return histograms.reduce(into: LatencyHistogram()) { merged, next in
            if next.slice > slice - Self.slices { merged.add(next.histogram) }
        }
    }
}
