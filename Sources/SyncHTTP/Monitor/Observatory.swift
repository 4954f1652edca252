import Fanout
import Monitoring
import ProjectSync

/// Shows what goes on: to who asks, and once a second to the monitor's streams.
package final class Observatory: Sendable {
    private let monitor: Monitor
    private let cache: ProjectCache
    private let hub: Hub
    private let figures: DaemonMetrics

    package init(
        monitor: Monitor, cache: ProjectCache, hub: Hub, registry: MetricRegistry, writes: WriteCounters,
        version: String
    ) {
        self.monitor = monitor
        self.cache = cache
        self.hub = hub
        figures = DaemonMetrics(
            registry, .init(cache: cache, delivery: hub.counters, writes: writes, monitor: monitor, version: version))
    }

    /// Tells the streams until the task is cancelled; what nobody listens to is not made.
    package func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            for window in MonitorWindow.allCases where hub.counters.monitors(window) > 0 {
                hub.tell(Frame("event: monitor\ndata: \(document(window))\n\n"), to: window)
            }
        }
    }

    func document(_ window: MonitorWindow, only project: ProjectID? = nil) -> String {
        MonitorDocument(window, monitor, cache).render(only: project)
    }

    func metrics() -> String {
        figures.text()
    }
}
