import Fanout
import NIOCore
import NIOEmbedded
import Testing

@testable import SyncHTTP

struct RequestGuardTests {
    /// Each piece ends within a chunk's size, so that something is always left for the next one.
    @Test func `a body in tiny chunks keeps nothing of what has been read`() throws {
        let requests = RequestGuard(ConnectionRules())
        let channel = EmbeddedChannel(handler: requests)
        let head = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0000000"
        try channel.writeInbound(ByteBuffer(string: head))
        let piece = ByteBuffer(string: String(repeating: "1\r\nx\r\n0000000", count: 100))

        for _ in 0..<1_000 { try channel.writeInbound(piece) }

        let input = try #require(Mirror(reflecting: requests).descendant("input") as? ByteBuffer)
        #expect(input.readableBytes == 7)
        #expect(input.storageCapacity < 16_384, "\(input.storageCapacity) bytes for seven")
    }
}
