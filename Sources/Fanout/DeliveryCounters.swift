import ProjectSync
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
    /// Streams of the monitor, among the subscribers.
    package let minuteMonitors = Atomic<Int>(0)
    package let hourMonitors = Atomic<Int>(0)
    /// How often the reactors have looked at what has come, and how long they have worked at it.
    package let turns = Atomic<Int>(0)
    package let busy_nanoseconds = Atomic<Int>(0)
    /// Requests for a stream that were over a limit.
    package let streamsRefused = Atomic<Int>(0)
    /// Requests that took too long to come.
    package let slowRequests = Atomic<Int>(0)
    /// Requests that were refused before anybody looked what they ask for.
    package let requestsRefused = Atomic<Int>(0)
    /// Connections whose other end had vanished without a word.
    package let vanished = Atomic<Int>(0)
    package init() {}

    package func monitors(_ window: MonitorWindow) -> Int {
        switch window {
        case .minute: minuteMonitors.load(ordering: .relaxed)
        case .hour: hourMonitors.load(ordering: .relaxed)
        }
    }

    func addMonitors(_ count: Int, _ window: MonitorWindow) {
        switch window {
        case .minute: minuteMonitors.wrappingAdd(count, ordering: .relaxed)
        case .hour: hourMonitors.wrappingAdd(count, ordering: .relaxed)
        }
    }
}
