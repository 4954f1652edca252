import NIOEmbedded
import Testing

@testable import Fanout

struct OutletHandlerTests {
    private final class Owner {}

    /// It is its outlet's, so each would keep the other for ever.
    @Test func `who waits for the channel's end is let go with it`() throws {
        weak var owner: Owner?
        let handler: OutletHandler
        do {
            let held = Owner()
            owner = held
            handler = OutletHandler(isChunked: false) { _ = held }
        }
        let channel = EmbeddedChannel(handler: handler)
        #expect(owner != nil)

        _ = try channel.finish()

        #expect(owner == nil)
        withExtendedLifetime(handler) {}
    }
}
