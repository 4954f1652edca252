import Testing

struct SeriesTests {
    private func series(_ value: (Int) -> Double) -> Series {
        var series = Series("figures", tolerance: (0.1, 5))
        for number in 0..<100 { series.add(value(number)) }
        return series
    }

    @Test func `what grows is told, however noisy it is`() {
        let grown = series { 100 + Double($0) / 2 + Double($0 * 7 % 5) }

        #expect(grown.growth != nil)
        #expect(abs(grown.slope - 0.5) < 0.05)
    }

    @Test func `what is flat after its beginning is flat, and so is one that falls or peaks`() {
        #expect(series { $0 < 10 ? Double($0) : 100 + Double($0 * 7 % 5) }.growth == nil)
        #expect(series { 100 - Double($0) }.growth == nil)
        #expect(series { $0 % 10 == 0 ? 1_000 : 100 }.growth == nil)
    }

    @Test func `too few values say nothing`() {
        var few = Series("figures", tolerance: (0, 0))
        for number in 0..<10 { few.add(Double(number)) }

        #expect(few.growth == nil)
    }
}
