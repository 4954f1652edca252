import ProjectSync
import Testing

@Suite struct SnapshotTests {
    @Test(arguments: [
        (9, true), (10, true), (11, false), (12, true), (13, false), (14, false), (15, false), (UInt64.max, false),
    ])
    func `a snapshot sees what had ended before it`(xid: UInt64, isSeen: Bool) throws {
        let snapshot = try #require(TransactionSnapshot("11:14:11,13"))

        #expect(snapshot.sees(xid) == isSeen)
    }

    @Test func `a snapshot without transactions in progress is read too`() throws {
        let snapshot = try #require(TransactionSnapshot("7:7:"))

        #expect(snapshot == TransactionSnapshot(xmin: 7, xmax: 7))
    }

    @Test(arguments: ["", "1", "1:2", "a:b:", "1:2:x", "5:4:", "1:2:3:4"])
    func `what is no snapshot is refused`(text: String) {
        #expect(TransactionSnapshot(text) == nil)
    }
}
