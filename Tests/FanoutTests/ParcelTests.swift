import Glibc
import NIOCore
import Testing

@testable import Fanout

@Suite struct ParcelTests {
    /// Whatever the socket takes at a time, the other side gets every byte once and in order.
    @Test(arguments: [[0], [1], [70_000, 0, 1, 200_000], [1, 1, 1], [300_000]])
    func `all of a parcel arrives through a socket that takes a part at a time`(sizes: [Int]) throws {
        var pair: [CInt] = [0, 0]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0)
        defer { for descriptor in pair { close(descriptor) } }
        let buffers = sizes.enumerated().map { number, size in
            ByteBuffer(bytes: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) })
        }
        let parcel = Parcel(buffers)
        var received: [UInt8] = []
        var scratch = [UInt8](repeating: 0, count: 50_000)

        var sent = 0
        while sent < parcel.size_bytes {
            guard case .taken(let count) = parcel.send(to: pair[0], from: sent) else { break }
            sent += count
            received += scratch[..<max(0, recv(pair[1], &scratch, scratch.count, CInt(MSG_DONTWAIT)))]
        }
        while case let count = recv(pair[1], &scratch, scratch.count, CInt(MSG_DONTWAIT)), count > 0 {
            received += scratch[..<count]
        }

        #expect(parcel.size_bytes == sizes.reduce(0, +))
        #expect(received == buffers.flatMap { Array($0.readableBytesView) })
    }

    @Test func `a socket whose other side is gone fails, and raises no signal`() throws {
        var pair: [CInt] = [0, 0]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0)
        close(pair[1])
        defer { close(pair[0]) }

        let outcome = Parcel([ByteBuffer(string: "x")]).send(to: pair[0])

        guard case .failed = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }
}
