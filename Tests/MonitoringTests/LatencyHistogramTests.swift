import ProjectSync
import Testing

@testable import Monitoring

struct LatencyHistogramTests {
    @Test func `a quantile is at most a sixteenth wrong, over nine orders of magnitude`() throws {
        for exact in [1, 7, 8, 9, 15, 16, 17, 100, 999, 4_711, 65_535, 1_000_000, 99_999_999] as [Int64] {
            var histogram = LatencyHistogram()
            histogram.record(exact)

            let told = try #require(histogram.microseconds(at: 0.5))

            #expect(abs(told - exact) * 16 <= exact, "\(exact) is told as \(told)")
        }
    }

    @Test func `quantiles are those of what was recorded`() throws {
        var histogram = LatencyHistogram()
        for value in 1...1_000 as ClosedRange<Int64> { histogram.record(value * 100) }

        let told = Quantiles(histogram)

        let pairs: [(Int64?, Int64)] = [
            (told.p50_microseconds, 50_000), (told.p90_microseconds, 90_000), (told.p99_microseconds, 99_000),
        ]
        for (told, exact) in pairs {
            let told = try #require(told)
            #expect(abs(told - exact) * 16 <= exact, "\(told) for \(exact)")
        }
    }

    @Test func `many at once count as many`() {
        var histogram = LatencyHistogram()
        histogram.record(10, count: 99)
        histogram.record(5_000)

        #expect(histogram.total == 100)
        #expect(histogram.microseconds(at: 0.99).map { $0 < 20 } == true)
        #expect(histogram.microseconds(at: 1).map { $0 > 4_000 } == true)
    }

    @Test func `what is negative or endless counts as the least and the most`() {
        var histogram = LatencyHistogram()
        histogram.record(-5)
        histogram.record(.max)

        #expect(histogram.microseconds(at: 0.5) == 0)
        #expect(histogram.microseconds(at: 1).map { $0 > 100_000_000 } == true)
        #expect(LatencyHistogram().microseconds(at: 0.5) == nil)
    }

    @Test func `the hour has every slice of its minutes once`() {
        var sliding = SlidingHistogram()
        for second in 0..<1_200 { sliding.record(1_000, count: 1, second: 36_000 + second) }

        #expect(sliding.merged(.minute, second: 37_199).total == 60)
        #expect(sliding.merged(.hour, second: 37_199).total == 1_200)
    }

    @Test func `a sliding one forgets what is older than its window`() {
        var sliding = SlidingHistogram()
        sliding.record(1_000, count: 5, second: 600)
        sliding.record(2_000, count: 1, second: 655)

        #expect(sliding.merged(.minute, second: 655).total == 6)
        #expect(sliding.merged(.minute, second: 661).total == 1)
        #expect(sliding.merged(.minute, second: 800).total == 0)
        #expect(sliding.merged(.hour, second: 655).total == 6)
        #expect(sliding.merged(.hour, second: 800).total == 6)
        #expect(sliding.merged(.hour, second: 600 + 3_600).total == 0)
    }
}
