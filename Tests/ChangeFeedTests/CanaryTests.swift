import Testing

@testable import ChangeFeed

@Suite struct CanaryTests {
    private let start = ContinuousClock.now

    @Test func `a canary that comes back proves the moment it was sent`() {
        var canary = Canary(daemon: 7)
        _ = canary.send(now: start)
        _ = canary.send(now: start + .seconds(1))

        #expect(canary.heard(daemon: 7, number: 2) == start + .seconds(1))
        #expect(canary.overdue(now: start + .seconds(60)) == nil)
    }

    @Test func `a canary that is missing for two seconds is overdue`() {
        var canary = Canary(daemon: 7)
        _ = canary.send(now: start)

        #expect(canary.overdue(now: start + .seconds(2)) == nil)
        #expect(canary.overdue(now: start + .milliseconds(2_001)) == .milliseconds(2_001))
    }

    @Test func `others' canaries, and old ones, prove nothing`() {
        var canary = Canary(daemon: 7)
        _ = canary.send(now: start)
        _ = canary.send(now: start)

        #expect(canary.heard(daemon: 8, number: 1) == nil)
        #expect(canary.heard(daemon: 7, number: 2) != nil)
        #expect(canary.heard(daemon: 7, number: 1) == nil)
        #expect(canary.heard(daemon: 7, number: 9) == nil)
    }

    @Test func `the delay between attempts grows to its limit, with jitter`() {
        var backoff = Backoff()
        let delays = (0..<40).map { _ in backoff.delay() }

        #expect(delays[0] <= Backoff.first)
        #expect(delays.allSatisfy { $0 <= Backoff.longest })
        #expect(Set(delays.suffix(20)).count > 1)
        backoff.reset()
        #expect(backoff.delay() <= Backoff.first)
    }
}
