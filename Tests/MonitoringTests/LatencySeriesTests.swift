import ProjectSync
import Testing

@testable import Monitoring

struct LatencySeriesTests {
    private static let start = 1_800_000_000

    @Test func `each second has its own quantiles, and one without a measurement none`() {
        var series = LatencySeries()
        series.record(1_000, count: 1, second: Self.start)
        series.record(9_000, count: 1, second: Self.start + 2)
        series.record(3, count: 99, second: Self.start + 2)

        let window = series.window(.minute, endingAt: Self.start + 3)

        #expect(window.count == 60)
        #expect(window[56]?.p50_microseconds.map { abs($0 - 1_000) < 100 } == true)
        #expect(window[57] == nil)
        #expect(window[58]?.p50_microseconds == 3)
        #expect(window[59] == nil)
    }

    @Test func `what is older than the window is forgotten`() {
        var series = LatencySeries()
        series.record(1_000, count: 1, second: Self.start)
        series.record(1_000, count: 1, second: Self.start + 60)

        #expect(series.window(.minute, endingAt: Self.start + 60).compactMap { $0 }.count == 1)
        #expect(series.window(.hour, endingAt: Self.start + 60).compactMap { $0 }.count == 2)
        #expect(series.window(.minute, endingAt: Self.start + 200).compactMap { $0 }.isEmpty)
    }

    @Test func `a minute sums up its seconds`() {
        var series = LatencySeries()
        for second in 0..<60 { series.record(5, count: 1, second: Self.start + second) }

        #expect(series.window(.hour, endingAt: Self.start + 59)[59]?.p99_microseconds == 5)
    }
}
