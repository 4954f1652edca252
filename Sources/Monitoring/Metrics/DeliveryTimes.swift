/// How long it takes from the trigger to the cache, and to the sockets, since the daemon started.
package struct DeliveryTimes: Sendable {
    let arrival: Distribution
    let delivery: Distribution

    package static let families = [
        MetricFamily(
            "scenesync_arrival_seconds", .histogram, "Seconds from the trigger to the cache, of each change.",
            bounds: bounds_seconds),
        MetricFamily(
            "scenesync_delivery_seconds", .histogram,
            "Seconds from the trigger to the socket, of each stream that was written to.", bounds: bounds_seconds),
    ]

    package init(in registry: MetricRegistry) {
        arrival = registry.distribution("scenesync_arrival_seconds")
        delivery = registry.distribution("scenesync_delivery_seconds")
    }

    /// Dense where a good day is, up to what an alert is for.
    private static let bounds_seconds = [
        0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
}
