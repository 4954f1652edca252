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
        try await cache.know(other, #"{"scenes": []}"#)
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
        #expect(await client.line() == "unauthenticated")
        client.send("2")
        await hidden.isAsked()
        expired.answer(.holds(checkAfter_seconds: 60))
        hidden.answer(.ended(.unknownProject))

        #expect(await client.line() == "unknownProject")
        client.close()
        hub.drain(retry: .zero ... .zero)
        try await served
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
