import Glibc
import NIOCore
import ProjectSync
import Synchronization
import Testing

@testable import Fanout

/// A connection that is kept bears one stream after the other, and what is asked about their rights takes time.
@Suite(.timeLimit(.minutes(1))) struct PermitTests {
    private static let (own, others) = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")

    @Test func `what is found of one stream's right counts for no other of its connection`() async throws {
        let expired = HeldPermit(end_seconds: 0)
        let hidden = HeldPermit(end_seconds: nil)
        let hub = try Hub(reactors: 1, heartbeat_seconds: 15, limit: 10)
        let cache = ProjectCache(capacity_bytes: 1 << 20, history: EventLog.Limits(events: 8), audience: hub)
        let other = try #require(ProjectID(Self.others))
        try await warm(cache, other)
        let streams = [
            UInt8(ascii: "1"): Subscription.project(
                try #require(ProjectID(Self.own)), StreamRequest(), StreamTerms(permit: expired, origin: nil)),
            UInt8(ascii: "2"): .project(other, StreamRequest(), StreamTerms(permit: hidden, origin: nil)),
        ]
        let socket = try ListeningSocket.open(host: "127.0.0.1", port: 0)
        async let served: Void = hub.serve(socket, cache: cache, rules: ConnectionRules()) { StubDesk(streams) }
        let client = try Client(port: socket.port)

        client.send("1")
        await expired.isAsked()
        #expect(client.line() == "unauthenticated")
        client.send("2")
        await hidden.isAsked()
        expired.answer(.holds(checkAfter_seconds: 60))
        hidden.answer(.ended(.unknownProject))

        #expect(client.line() == "unknownProject")
        client.close()
        hub.drain(retry: .zero ... .zero)
        try await served
    }

    private func warm(_ cache: ProjectCache, _ id: ProjectID) async throws {
        cache.feedIsLive()
        let read = Task { await cache.read(id) }
        let snapshot = try #require(TransactionSnapshot("10:10:"))
        let project = try Array(#"{"scenes": []}"#.utf8).withUnsafeBytes {
            try Project(id: id, documentText: $0, images: [], generations: [:], snapshot: snapshot)
        }
        while true {
            guard let batch = cache.takeLoads(atMost: 1) else {
                await Task.yield()
                continue
            }
            cache.complete(batch, [LoadedProject(id: id, project: project, snapshot: snapshot)])
            _ = await read.value
            return
        }
    }
}

/// A right about which nobody can tell until the test does.
private final class HeldPermit: Permit {
    let end_seconds: Int?
    private let question = Mutex<(@Sendable (PermitState) -> Void)?>(nil)

    init(end_seconds: Int?) {
        self.end_seconds = end_seconds
    }

    func check(_ answer: @escaping @Sendable (PermitState) -> Void) {
        question.withLock { $0 = answer }
    }

    func isAsked() async {
        while question.withLock({ $0 == nil }) { await Task.yield() }
    }

    func answer(_ state: PermitState) {
        question.withLock { $0 }?(state)
    }
}

/// Takes each byte for a request for one of its streams.
private final class StubDesk: FrontDesk {
    private let streams: [UInt8: Subscription]

    init(_ streams: [UInt8: Subscription]) {
        self.streams = streams
    }

    func decide(_ bytes: UnsafeRawBufferPointer, from peer: ClientAddress) -> FrontDecision {
        bytes.first.flatMap { streams[$0] }.map { .stream($0, .anybody) } ?? .adopt
    }

    func streamHead(_ terms: StreamTerms?) -> ByteBuffer { ByteBuffer(string: "a stream\n") }

    func refusal(_ refusal: StreamRefusal, of projects: [ProjectID], _ terms: StreamTerms?) -> ByteBuffer {
        ByteBuffer(string: "\(refusal)\n")
    }

    func tooSlow(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer { ByteBuffer() }

    func adopt(_ descriptor: CInt, _ bytes: [UInt8]) { Glibc.close(descriptor) }
}

private struct Client {
    private let descriptor: CInt

    init(port: Int) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        let result = address.withSockAddr { connect(descriptor, $0, socklen_t($1)) }
        try #require(result == 0)
    }

    func send(_ text: String) {
        _ = Glibc.send(descriptor, text, text.utf8.count, 0)
    }

    /// What comes before the end of a line, or what has come when nothing does.
    func line() -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, 0) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func close() {
        Glibc.close(descriptor)
    }
}
