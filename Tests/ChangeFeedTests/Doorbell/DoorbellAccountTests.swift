import ProjectSync
import Testing

@testable import ChangeFeed

struct DoorbellAccountTests {
    private let asked = ContinuousClock.now - .seconds(7)

    @Test func `what a look has found is told`() {
        var account = DoorbellAccount(DoorbellReport())

        account.note(DoorbellLook(notifiersWaiting: 3, queueUsage: 0.4), sentAt: asked)
        #expect(account.report.notifiersWaiting == 3)
        #expect(account.report.queueUsage == 0.4)

        account.note(DoorbellLook(), sentAt: asked)
        #expect(account.report.notifiersWaiting == 0)
        #expect(account.report.queueUsage == 0)
    }

    @Test func `a reading of the table is as old as its question`() {
        var account = DoorbellAccount(DoorbellReport())
        let snapshot = TransactionSnapshot(xmin: 1, xmax: 1)

        account.note(
            ChangeTable.Reading(snapshot: snapshot, snapshotText: "1:1:", changes: [], rejected: 0), sentAt: asked)

        #expect(account.report.readAt == asked)
    }
}
