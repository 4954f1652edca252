import Postgres
import Testing

@testable import ChangeFeed

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
