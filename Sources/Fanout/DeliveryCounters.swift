import Synchronization

/// What has left for the sockets since the daemon started.
package final class DeliveryCounters: Sendable {
    package let writes = Atomic<Int>(0)
    package let bytes = Atomic<Int>(0)
    /// Events that were not sent since newer ones, which gathered meanwhile, replaced them.
    package let coalesced = Atomic<Int>(0)
    /// Requests that a reactor answered itself.
    package let answersAtOnce = Atomic<Int>(0)
    package let subscribers = Atomic<Int>(0)
    /// Requests for a stream that were over a limit.
    package let streamsRefused = Atomic<Int>(0)
    /// Requests that took too long to come.
    package let slowRequests = Atomic<Int>(0)
    /// Requests that were refused before anybody looked what they ask for.
    package let requestsRefused = Atomic<Int>(0)
    package init() {}
}
