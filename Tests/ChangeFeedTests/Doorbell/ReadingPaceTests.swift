import Testing

@testable import ChangeFeed

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
