import Metrics
import NIOCore
import NIOPosix

/// Counts how much the event loops work.
final class EventLoopMetrics: NIOEventLoopMetricsDelegate {
    private let ticks = Counter(label: "scenesync_event_loop_ticks_total")
    private let busy = FloatingPointCounter(label: "scenesync_event_loop_busy_seconds_total")

    func processedTick(info: NIOEventLoopTickInfo) {
        ticks.increment()
        busy.increment(by: Double((info.endTime - info.startTime).nanoseconds) / 1e9)
    }
}
