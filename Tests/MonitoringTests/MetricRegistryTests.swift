import CoreMetrics
import Testing

@testable import Monitoring

struct MetricRegistryTests {
    private let registry = MetricRegistry([
        MetricFamily("wells_total", .counter, "Wells \\ dug,\nby \"hand\"."),
        MetricFamily("depth_metres", .gauge, "How deep."),
        MetricFamily("fall_seconds", .histogram, "How long.", bounds: [0.1, 1]),
    ])

    @Test func `what is reported through swift-metrics is written`() {
        Counter(label: "wells_total", dimensions: [("kind", "a\"b"), ("by", "me")], factory: registry).increment(by: 2)
        Counter(label: "wells_total", dimensions: [("by", "me"), ("kind", "a\"b")], factory: registry).increment()
        Meter(label: "depth_metres", factory: registry).set(1.5)

        #expect(
            registry.text == """
                # HELP depth_metres How deep.
                # TYPE depth_metres gauge
                depth_metres 1.5
                # HELP wells_total Wells \\\\ dug,\\nby "hand".
                # TYPE wells_total counter
                wells_total{by="me",kind="a\\"b"} 3

                """)
    }

    @Test func `a histogram's buckets hold what is below them`() {
        let fall = registry.distribution("fall_seconds")
        fall.observe(0.1, count: 3)
        fall.observe(0.5)
        Recorder(label: "fall_seconds", factory: registry).record(4)

        #expect(
            registry.text == """
                # HELP fall_seconds How long.
                # TYPE fall_seconds histogram
                fall_seconds_bucket{le="0.1"} 3
                fall_seconds_bucket{le="1"} 4
                fall_seconds_bucket{le="+Inf"} 5
                fall_seconds_sum 4.8
                fall_seconds_count 5

                """)
    }

    @Test func `what nobody has used is not written`() {
        #expect(registry.text.isEmpty)
    }

    @Test func `a library's metric gets a name that Prometheus takes`() {
        Counter(label: "http.server-requests", factory: registry).increment()

        #expect(registry.text.hasSuffix("\nhttp_server_requests_total 1\n"))
    }

    @Test func `no label makes memory grow`() {
        for number in 0..<1_000 {
            Counter(label: "wells_total", dimensions: [("id", "\(number)")], factory: registry).increment()
        }
        for number in 0..<1_000 { Counter(label: "metric_\(number)", factory: registry).increment() }

        let lines = registry.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count { $0.hasPrefix("wells_total{") } == 64)
        #expect(lines.count <= 64 + 256)
    }

    @Test func `a name of another kind goes nowhere`() {
        Counter(label: "wells_total", factory: registry).increment()
        Meter(label: "wells_total", factory: registry).set(99)

        #expect(registry.text.hasSuffix("\nwells_total 1\n"))
    }
}
