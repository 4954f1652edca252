import ProjectSync
import Testing

@testable import ChangeFeed

@Suite struct TwoWaysTests {
    private func change(_ n: Int64, xid: UInt64) -> Change {
        Change(operation: .insert, project: nil, xid: xid, n: n, effect: .reload)
    }

    @Test func `what a reading saw joins it in the order of the numbers, the rest waits`() {
        var ways = TwoWays()
        ways.hold([change(4, xid: 10), change(1, xid: 12)])
        ways.hold([change(2, xid: 11)])

        let merged = ways.merge(
            [change(5, xid: 9), change(3, xid: 8)],
            seenBy: TransactionSnapshot(xmin: 10, xmax: 13, inProgress: [11]))

        #expect(merged.map(\.n) == [1, 3, 4, 5])
        #expect(ways.release().map(\.n) == [2])
        #expect(ways.release().isEmpty)
    }

    @Test func `what is released comes in the order of its arrival`() {
        var ways = TwoWays()
        ways.hold([change(4, xid: 10), change(1, xid: 12)])

        #expect(ways.release().map(\.n) == [4, 1])
    }

    @Test func `the rows of a reading come in the order of their numbers`() {
        var ways = TwoWays()

        let merged = ways.merge([change(5, xid: 9), change(3, xid: 8)], seenBy: TransactionSnapshot(xmin: 1, xmax: 1))

        #expect(merged.map(\.n) == [3, 5])
    }
}

@Suite struct FenceTests {
    @Test func `only the newest of our own fences opens`() throws {
        var fence = Fence(daemon: 7)
        _ = fence.send()
        let arrival = fence.send()

        for sign in [DaemonSign(daemon: 8, fence: 2), DaemonSign(daemon: 7, fence: 1), DaemonSign(daemon: 7)] {
            fence.hear(sign)
            #expect(arrival.result == nil)
        }
        fence.hear(DaemonSign(daemon: 7, fence: 2))

        #expect(arrival.result != nil)
    }
}

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

@Suite struct ReadingPaceTests {
    @Test func `a reading that finds something is soon followed by another`() {
        var pace = ReadingPace()
        for _ in 0..<10 { pace.note(isEmpty: true, took: .milliseconds(1)) }
        let idle = pace.pause

        pace.note(isEmpty: false, took: .milliseconds(1))

        #expect(idle == .milliseconds(19))
        #expect(pace.pause == .milliseconds(7))
    }

    @Test func `a reading that took long is followed by the next after a breath`() {
        var pace = ReadingPace()
        for isEmpty in [true, false] {
            pace.note(isEmpty: isEmpty, took: .seconds(1))
            #expect(pace.pause == .milliseconds(2))
        }
    }
}
