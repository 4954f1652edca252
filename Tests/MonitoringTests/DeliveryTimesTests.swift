import ProjectSync
import Testing

@testable import Monitoring

struct DeliveryTimesTests {
    @Test func `times since the trigger are told to Prometheus in seconds, for each change and each stream`() throws {
        let registry = MetricRegistry(DeliveryTimes.families)
        let monitor = Monitor(times: DeliveryTimes(in: registry))
        let now = WallTime.now.microseconds
        let id = try #require(Changes.id())

        let at = now / 1_000 - 20_000
        monitor.heard([Changes.change(.insert, of: id, began: at - 40_000, at: at)], overwritten: [:])
        monitor.delivered([Delivery(project: id, writtenAt_microseconds: now - 20_000_000, streams: 3)])

        // Above ten seconds, and not above thirty.
        for (name, count) in [("arrival", 1), ("delivery", 3)] {
            let metric = "scenesync_\(name)_seconds_bucket"
            #expect(registry.text.contains("\n\(metric){le=\"10\"} 0\n"), "\(name)")
            #expect(registry.text.contains("\n\(metric){le=\"30\"} \(count)\n"), "\(name)")
        }
    }
}
