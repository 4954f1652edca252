import Glibc
import NIOCore
import ProjectSync

@testable import Fanout

/// Takes each byte for a request for one of its streams, or for one that takes until the test goes on.
final class StubDesk: FrontDesk {
    static let held = UInt8(ascii: "h")

    private let streams: [UInt8: Subscription]
    private let hold: Hold?

    init(_ streams: [UInt8: Subscription], hold: Hold? = nil) {
        self.streams = streams
        self.hold = hold
    }

    func decide(_ bytes: UnsafeRawBufferPointer, from peer: ClientAddress) -> FrontDecision {
        if bytes.first == Self.held, let hold {
            hold.wait()
            return .answer(Parcel([ByteBuffer(string: "held\n")]), length: bytes.count)
        }
        return bytes.first.flatMap { streams[$0] }.map { .stream($0, .anybody) } ?? .adopt
    }

    func streamHead(_ terms: StreamTerms?) -> ByteBuffer { ByteBuffer(string: "a stream\n") }

    func refusal(_ refusal: StreamRefusal, of projects: [ProjectID], _ terms: StreamTerms?) -> ByteBuffer {
        ByteBuffer(string: "\(refusal)\n")
    }

    func tooSlow(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer { ByteBuffer() }

    func adopt(_ descriptor: CInt, _ bytes: [UInt8]) { Glibc.close(descriptor) }
}
