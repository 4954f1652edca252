import Testing

@testable import Monitoring

struct TallyRingTests {
    @Test func `a tally is where its second is, and gone after sixty`() {
        var ring = TallyRing()
        ring.edit(1_000) { $0.inserted += 3 }
        ring.edit(1_002) { $0.inserted += 4 }

        #expect(ring.window(endingAt: 1_002).suffix(3).map(\.rows) == [3, 0, 4])
        #expect(ring.window(endingAt: 1_059).first?.rows == 3)
        #expect(ring.window(endingAt: 1_060).first?.rows == 0)
        #expect(ring.window(endingAt: 1_060).count == 60)
    }

    @Test func `a place that is used again has nothing of before`() {
        var ring = TallyRing()
        ring.edit(1_000) { $0.inserted += 3 }
        ring.edit(1_060) { $0.inserted += 1 }
        ring.edit(5_000) { $0.deleted += 1 }

        #expect(ring.tally(at: 1_060) == Tally())
        #expect(ring.window(endingAt: 5_000).reduce(0) { $0 + $1.rows } == 1)
    }

    @Test func `a clock that goes back does no harm`() {
        var ring = TallyRing()
        ring.edit(1_000) { $0.inserted += 1 }
        ring.edit(990) { $0.inserted += 1 }
        ring.edit(10) { $0.inserted += 1 }

        #expect(ring.window(endingAt: 1_000).reduce(0) { $0 + $1.rows } == 2)
    }
}
