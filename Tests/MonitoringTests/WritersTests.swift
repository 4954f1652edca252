import Testing

@testable import Monitoring

struct WritersTests {
    /// Tells of transactions in the order of their ends; times in milliseconds.
    private static func overlaps(_ transactions: [(session: Int32, began: Int64, ended: Int64)]) -> [Int: Int] {
        var writers = Writers(limit: 256)
        var overlaps: [Int: Int] = [:]
        func keep(_ told: (second: Int, overlap: Int)?) {
            if let told { overlaps[told.second] = max(overlaps[told.second] ?? 0, told.overlap) }
        }
        for next in transactions {
            keep(writers.note(session: next.session, began: next.began * 1_000, ended: next.ended * 1_000))
        }
        keep(writers.tell())
        return overlaps
    }

    @Test func `transactions one after the other do not overlap`() {
        #expect(Self.overlaps([(1, 0, 10), (2, 10, 20), (3, 20, 30)]) == [0: 1])
    }

    @Test func `those that are open at one moment do`() {
        #expect(Self.overlaps([(1, 0, 30), (2, 10, 40), (3, 20, 50), (4, 45, 60)]) == [0: 3])
    }

    @Test func `a session has one transaction at a time, whenever its announcements come`() {
        // All were read at once, as from the table of busy times.
        #expect(Self.overlaps([(1, 0, 100), (1, 20, 100), (1, 40, 100), (2, 50, 100)]) == [0: 2])
    }

    @Test func `several announcements of one transaction are one`() {
        #expect(Self.overlaps([(1, 0, 10), (1, 0, 11), (1, 0, 12), (2, 5, 13)]) == [0: 2])
    }

    @Test func `a long transaction overlaps with what was told seconds ago`() {
        let overlaps = Self.overlaps([(1, 1_100, 1_200), (2, 2_000, 2_100), (3, 1_150, 5_500)])

        #expect(overlaps[1] == 1)
        #expect(overlaps[5] == 2)
    }

    @Test func `a busy second before is not counted again`() {
        let busy = (0..<16).map { (session: Int32($0 + 10), began: Int64(3_000), ended: Int64(3_400)) }

        let overlaps = Self.overlaps(busy + [(1, 3_950, 4_010), (2, 4_005, 4_100)])

        #expect(overlaps == [3: 16, 4: 2])
    }

    @Test func `sessions are counted as long as they have written within the window`() {
        var writers = Writers(limit: 64)
        for session in 1...5 as ClosedRange<Int32> {
            _ = writers.note(session: session, began: 0, ended: Int64(session) * 1_000_000)
        }

        #expect(writers.count(since: 0) == 5)
        #expect(writers.count(since: 3) == 2)
    }

    @Test func `more sessions than are remembered do no harm`() {
        var writers = Writers(limit: 64)
        for number in 1...1_000 as ClosedRange<Int32> {
            _ = writers.note(session: number, began: Int64(number) * 2_000_000, ended: Int64(number) * 2_000_000 + 9)
        }

        #expect(writers.count(since: 2_000 - 20) == 10)
        #expect(writers.count(since: 0) <= 64)
    }

    @Test func `the peak is right beyond what is remembered`() {
        var writers = Writers(limit: 64)
        var peak = 0
        for number in 0..<10_000 as Range<Int64> {
            let told = writers.note(session: Int32(number % 8), began: number * 10, ended: number * 10 + 75)
            peak = max(peak, told?.overlap ?? 0)
        }
        peak = max(peak, writers.tell()?.overlap ?? 0)

        #expect(peak == 8)
    }
}
