/// What writers did to one project, or to all, within a window.
package struct ActivityReport: Sendable {
    package let total: Tally
    /// Rows written, in sixty parts of the window, the oldest first; the last part is still running.
    package let perSecond: [Int]
    /// The same and more in detail; nil where it is not told.
    package let series: ActivitySeries?
    package let sessions: Int
    /// The most write transactions that were open at one moment of the last two seconds.
    package let overlap: Int
    /// From the trigger to the cache; nil where it is not told.
    package let arrival: Quantiles?
    /// From the trigger to the socket.
    package let delivery: Quantiles
}

/// How long something took; nil if it did not happen.
package struct Quantiles: Equatable, Sendable {
    package let p50_microseconds: Int64?
    package let p90_microseconds: Int64?
    package let p99_microseconds: Int64?

    init(_ histogram: LatencyHistogram) {
        p50_microseconds = histogram.microseconds(at: 0.5)
        p90_microseconds = histogram.microseconds(at: 0.9)
        p99_microseconds = histogram.microseconds(at: 0.99)
    }
}
