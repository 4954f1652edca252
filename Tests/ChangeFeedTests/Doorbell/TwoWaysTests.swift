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
