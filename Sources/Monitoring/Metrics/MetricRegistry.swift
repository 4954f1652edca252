import CoreMetrics
import Synchronization

/// Keeps what is reported through swift-metrics, and writes it in Prometheus' text format.
package final class MetricRegistry: MetricsFactory {
    /// More series of one metric, and more metrics of libraries, are not kept: no label can make memory grow.
    private static let mostSeries = 64
    private static let mostFamilies = 256

    private enum Handler {
        case series(MetricSeries)
        case distribution(Distribution)
    }

    private struct Entry {
        let family: MetricFamily
        /// By the labels as they are written.
        var handlers: [String: Handler] = [:]
    }

    private let entries: Mutex<[String: Entry]>

    /// `families` are those that are known; what a library reports besides them is taken as it comes.
    package init(_ families: [MetricFamily]) {
        entries = Mutex(
            Dictionary(families.map { ($0.name, Entry(family: $0)) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The histogram of this name.
    package func distribution(_ name: String) -> Distribution {
        distribution(name, [])
    }

    /// The text format, version 0.0.4.
    package var text: String {
        entries.withLock { entries in
            var text = ExpositionText()
            for (_, entry) in entries.sorted(by: { $0.key < $1.key }) where !entry.handlers.isEmpty {
                text.begin(entry.family)
                for (labels, handler) in entry.handlers.sorted(by: { $0.key < $1.key }) {
                    switch handler {
                    case .series(let series): text.add(entry.family.name, labels, series.value)
                    case .distribution(let distribution): text.add(entry.family.name, labels, distribution)
                    }
                }
            }
            return text.text
        }
    }

    // What swift-metrics calls.

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter)
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge)
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate ? distribution(label, dimensions) : series(label, dimensions, .gauge)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        distribution(label, dimensions)
    }

    // A series stays until the daemon ends, as Prometheus wants it of counters.

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func series(_ label: String, _ dimensions: [(String, String)], _ kind: MetricFamily.Kind) -> MetricSeries {
        let handler = handler(MetricName.of(label, kind), dimensions, kind) { _ in .series(MetricSeries()) }
        // Not kept: too many, or of another kind.
        guard case .series(let series)? = handler else { return MetricSeries() }
        return series
    }

    private func distribution(_ label: String, _ dimensions: [(String, String)]) -> Distribution {
        let handler = handler(MetricName.of(label, .histogram), dimensions, .histogram) {
            .distribution(Distribution(bounds: $0.bounds))
        }
        guard case .distribution(let distribution)? = handler else { return Distribution(bounds: []) }
        return distribution
    }

    private func handler(
        _ name: String, _ dimensions: [(String, String)], _ kind: MetricFamily.Kind,
        _ make: (MetricFamily) -> Handler
    ) -> Handler? {
        let labels = ExpositionText.labels(dimensions)
        return entries.withLock { entries in
            if entries[name] == nil, entries.count < Self.mostFamilies {
                entries[name] = Entry(family: .reported(name, kind))
            }
            guard let entry = entries[name], entry.family.kind == kind else { return nil }
            if let known = entry.handlers[labels] { return known }
            guard entry.handlers.count < Self.mostSeries else { return nil }
            let handler = make(entry.family)
            entries[name]?.handlers[labels] = handler
            return handler
        }
    }
}

extension MetricFamily {
    /// Of a metric that nobody has described.
    fileprivate static func reported(_ name: String, _ kind: Kind) -> MetricFamily {
        MetricFamily(
            name, kind, "Reported by a library.", bounds: [0.0001, 0.001, 0.01, 0.1, 1, 10])
    }
}
