import ProjectSync

/// The quantiles of a latency in each of the last sixty seconds, and in each of the last sixty minutes.
struct LatencySeries {
    /// One second's or minute's.
    private struct Part {
        let number: Int
        let quantiles: Quantiles
    }

    /// The parts of one length; only the newest still has its histogram.
    private struct Line {
        let seconds: Int
        private var parts: [Part] = []
        private var newest = 0
        private var histogram = LatencyHistogram()

        init(seconds: Int) {
            self.seconds = seconds
        }

        mutating func record(_ microseconds: Int64, count: Int, second: Int) {
            let number = second / seconds
            if number > newest { begin(number) }
            histogram.record(microseconds, count: count)
        }

        func window(endingAt second: Int) -> [Quantiles?] {
            let last = second / seconds
            var window = [Quantiles?](repeating: nil, count: TallyRing.length)
            let all = histogram.total > 0 ? parts + [Part(number: newest, quantiles: Quantiles(histogram))] : parts
            for part in all {
                let place = part.number - last + TallyRing.length - 1
                if window.indices.contains(place) { window[place] = part.quantiles }
            }
            return window
        }

        private mutating func begin(_ number: Int) {
            if histogram.total > 0 { parts.append(Part(number: newest, quantiles: Quantiles(histogram))) }
            parts.removeAll { $0.number <= number - TallyRing.length }
            newest = number
            histogram = LatencyHistogram()
        }
    }

    private var bySecond = Line(seconds: 1)
    private var byMinute = Line(seconds: 60)

    mutating func record(_ microseconds: Int64, count: Int, second: Int) {
        bySecond.record(microseconds, count: count, second: second)
        byMinute.record(microseconds, count: count, second: second)
    }

    /// Sixty of them, the oldest first; nil where nothing was measured.
    func window(_ window: MonitorWindow, endingAt second: Int) -> [Quantiles?] {
        switch window {
        case .minute: bySecond.window(endingAt: second)
        case .hour: byMinute.window(endingAt: second)
        }
    }
}
