/// What writers did in each of the sixty parts of a window, the oldest first.
package struct ActivitySeries: Sendable {
    package let tallies: [Tally]
    /// From the trigger to the cache, and to the socket; nil where nothing came.
    package let arrivals: [Quantiles?]
    package let deliveries: [Quantiles?]
}
