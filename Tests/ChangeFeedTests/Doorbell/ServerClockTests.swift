import Testing

@testable import ChangeFeed

struct ServerClockTests {
    private static let ours: Int64 = 1_800_000_000_000_000
    private let start = ContinuousClock.now
    private var clock = ServerClock()

    private mutating func ask(ahead: Int64, took: Int64, after seconds: Int = 0) {
        clock.note(
            server_microseconds: Self.ours + ahead - took / 2, ours_microseconds: Self.ours,
            roundTrip: .microseconds(took), now: start + .seconds(seconds))
    }

    @Test mutating func `clocks in step are taken for it, however long an answer takes`() {
        clock.note(
            server_microseconds: Self.ours - 40, ours_microseconds: Self.ours, roundTrip: .milliseconds(5), now: start)

        #expect(clock.ahead_microseconds == 0)
    }

    @Test mutating func `a clock that is ahead, or behind, is`() {
        ask(ahead: 250_000, took: 2_000)
        #expect(clock.ahead_microseconds == 250_000)

        ask(ahead: -250_000, took: 1_000)
        #expect(clock.ahead_microseconds == -250_000)
    }

    @Test mutating func `the quickest answer counts, for a minute`() {
        ask(ahead: 100_000, took: 1_000)
        ask(ahead: 140_000, took: 90_000, after: 30)
        #expect(clock.ahead_microseconds == 100_000)

        ask(ahead: 140_000, took: 90_000, after: 61)
        #expect(clock.ahead_microseconds == 140_000)
    }
}
