import CoreMetrics
import Synchronization

/// The buckets of one histogram.
package final class Distribution: RecorderHandler, TimerHandler {
    struct State {
        /// The last one is for what is above every bound.
        var counts: [Int]
        var sum = 0.0
    }

    let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: [Int](repeating: 0, count: bounds.count + 1)))
    }

    /// `count` things had this value.
    package func observe(_ value: Double, count: Int = 1) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += count
            state.sum += value * Double(count)
        }
    }

    /// Each of many values once.
    func observe(contentsOf values: some Sequence<Double>) {
        state.withLock { state in
            for value in values {
                state.counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
                state.sum += value
            }
        }
    }

    package func record(_ value: Int64) { observe(Double(value)) }
    package func record(_ value: Double) { observe(value) }
    package func recordNanoseconds(_ duration: Int64) { observe(Double(duration) / 1e9) }

    var current: State { state.withLock { $0 } }
}
