import Testing

@testable import Fanout

/// What kernels were seen to tell of clients, in network namespaces.
struct PeerSilenceTests {
    @Test(arguments: [
        // Nothing is on its way, for hours.
        (3_600_000, 0),
        // Asked every two minutes, as one whose window has long been closed is: each time it has answered, or one of the
        // questions was lost, or two.
        (119_700, 0), (238_000, 1), (359_000, 2),
        // A window that is closed now and then, probed as often as its kernel answers.
        (1_444, 1),
        // Lost packets, and a link that is away for a while.
        (700, 3), (42_020, 7),
    ])
    func `a client that may still be there is kept`(milliseconds: UInt32, unanswered: UInt8) {
        #expect(!PeerSilence(milliseconds: milliseconds, unanswered: unanswered).isForEver)
    }

    @Test(arguments: [
        // What was sent to it is sent again; its window is probed; probed every two minutes.
        (45_024, 7), (54_684, 5), (479_000, 3),
    ])
    func `a client that answers nothing has vanished`(milliseconds: UInt32, unanswered: UInt8) {
        #expect(PeerSilence(milliseconds: milliseconds, unanswered: unanswered).isForEver)
    }
}
