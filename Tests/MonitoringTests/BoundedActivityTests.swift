import ProjectSync
import Testing

@testable import Monitoring

struct BoundedActivityTests {
    /// How many values there are in it, however they are kept.
    private func size(_ value: Any) -> Int {
        let parts = Mirror(reflecting: value).children
        return parts.isEmpty ? 1 : parts.reduce(0) { $0 + size($1.value) }
    }

    @Test func `what is remembered of a writer that never rests does not grow after an hour`() {
        let activity = Activity(limit: 8, timesArrivals: true)
        var sizes: [Int] = []

        for hour in 500_000..<500_003 {
            for second in hour * 3_600..<(hour + 1) * 3_600 {
                let now = Int64(second) * 1_000_000
                let at = Int64(second) * 1_000
                activity.note(Changes.change(.insert, session: Int32(second % 50), began: at, at: at), now: now + 500)
                activity.note(delivery_microseconds: 700, streams: 1, second: second)
            }
            sizes.append(size(activity))
        }

        #expect(sizes[1] <= sizes[0] && sizes[2] <= sizes[0], "\(sizes)")
    }
}
