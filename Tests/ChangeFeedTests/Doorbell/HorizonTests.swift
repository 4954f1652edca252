import Testing

@testable import ChangeFeed

@Suite struct HorizonTests {
    private let start = ContinuousClock.now

    @Test func `what was read a minute ago may go, and goes once`() {
        var horizon = Horizon()
        for second in 0..<70 { horizon.note("\(second)", sentAt: start + .seconds(second)) }

        #expect(horizon.next(now: start + .seconds(59)) == nil)
        #expect(horizon.next(now: start + .seconds(60)) == Horizon.Span(previous: nil, now: "0"))
        #expect(horizon.next(now: start + .seconds(60)) == nil)
        #expect(horizon.next(now: start + .seconds(69)) == Horizon.Span(previous: "0", now: "8"))
    }

    @Test func `a daemon begins anew long before what it has not read may be gone`() {
        #expect(Horizon.patience * 2 <= Horizon.age)
    }
}
