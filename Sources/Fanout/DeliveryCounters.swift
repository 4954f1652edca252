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
    package init() {}
}
