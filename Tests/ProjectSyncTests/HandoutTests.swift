import Testing

@testable import ProjectSync

struct HandoutTests {
    @Test func `what was handed to nobody has no time`() {
        let handout = Handout()

        handout.note(streams: 0, at: .now)

        #expect(handout.streams == 0)
        #expect(handout.at == nil)
    }

    @Test func `the streams of all threads are added, and the last time counts`() {
        let start = ContinuousClock.now
        let handout = Handout(now: start)

        handout.note(streams: 2, at: start + .milliseconds(7))
        handout.note(streams: 3, at: start + .milliseconds(4))

        #expect(handout.streams == 5)
        #expect(handout.at == start + .milliseconds(7))
    }
}
