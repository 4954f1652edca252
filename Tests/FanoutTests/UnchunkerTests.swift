import NIOCore
import ProjectSync
import Testing

@testable import Fanout

@Suite struct UnchunkerTests {
    private func contents(_ buffers: [ByteBuffer]) -> String {
        var unchunker = Unchunker()
        return unchunker.take(buffers).map { String(buffer: $0) }.joined()
    }

    @Test func `what was put into chunks comes out, large and small`() throws {
        let frames: [Frame] = [
            .heartbeat, .retry(after: .seconds(2)), .stale(since: String(repeating: "x", count: 20_000)),
        ]
        let expected = frames.flatMap(\.parts).map { String(buffer: $0) }.joined()

        #expect(contents(frames.flatMap { Chunk([$0]).buffers }) == expected)
        #expect(contents(Chunk(frames).buffers) == expected)
    }

    @Test(arguments: 1...12)
    func `wherever the bytes are parted`(size: Int) {
        let bytes = Array(
            "5\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n1f\r\n0123456789012345678901234567890\r\n".utf8)
        let buffers = stride(from: 0, to: bytes.count, by: size).map {
            ByteBuffer(bytes: bytes[$0..<min($0 + size, bytes.count)])
        }

        #expect(contents(buffers) == "helloabcdefghijklmnopqrstuvwxyz0123456789012345678901234567890")
    }
}
