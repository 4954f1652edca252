import ProjectSync
import Testing

@testable import Monitoring

struct RecentTalliesTests {
    private var tallies = RecentTallies()

    private mutating func write(_ rows: Int32, at second: Int) {
        tallies.edit(second) { $0.inserted += rows }
    }

    @Test mutating func `the hour has what each second had, once`() {
        for second in 36_000..<36_600 { write(2, at: second) }

        #expect(tallies.rows(.minute, endingAt: 36_599) == 120)
        #expect(tallies.rows(.hour, endingAt: 36_599) == 1_200)
        #expect(tallies.window(.hour, endingAt: 36_599).map(\.rows).suffix(10) == Array(repeating: 120, count: 10))
    }

    @Test mutating func `looking at it changes nothing`() {
        write(3, at: 36_000)
        _ = tallies.window(.hour, endingAt: 36_000)
        write(4, at: 36_000)
        _ = tallies.rows(.hour, endingAt: 36_001)
        write(5, at: 36_001)

        #expect(tallies.rows(.hour, endingAt: 36_002) == 12)
        #expect(tallies.rows(.minute, endingAt: 36_002) == 12)
    }

    @Test mutating func `what is told late of a second counts for its minute, too`() {
        write(1, at: 36_000)
        write(1, at: 36_010)
        tallies.edit(36_000) { $0.overlap = 7 }

        #expect(tallies.window(.hour, endingAt: 36_010).last?.overlap == 7)
        #expect(tallies.tally(at: 36_000).overlap == 7)
    }

    @Test mutating func `a pause longer than a minute loses nothing`() {
        write(1, at: 36_000)
        write(1, at: 36_300)

        #expect(tallies.rows(.hour, endingAt: 36_300) == 2)
        #expect(tallies.rows(.hour, endingAt: 36_000 + 3_600) == 1)
        #expect(tallies.rows(.minute, endingAt: 36_300) == 1)
    }
}
