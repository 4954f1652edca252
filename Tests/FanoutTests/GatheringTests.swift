import ProjectSync
import Synchronization
import Testing

@testable import Fanout

/// What comes while a reactor is busy leaves in one write a stream; what comes while it is not leaves at once.
@Suite(.timeLimit(.minutes(1))) struct GatheringTests {
    private static let document =
        #"{"scenes": [{"index": 1}, {"index": 2}, {"index": 3}, {"index": 4}, {"index": 5}]}"#

    private let id: ProjectID
    private let hub: Hub
    private let cache: ProjectCache
    private let hold = Hold()

    init() throws {
        id = try #require(ProjectID("11111111-1111-4111-8111-111111111111"))
        // No heartbeat comes between.
        hub = try Hub(reactors: 1, heartbeat_seconds: 1 << 20, limit: 10)
        cache = ProjectCache(capacity_bytes: 1 << 20, history: EventLog.Limits(events: 8), audience: hub)
    }

    @Test func `what comes in one turn leaves in one write a stream`() async throws {
        try await withStreams(3) { streams, other in
            other.send("h")
            await hold.taken()
            for scene in 1...5 { save("u", scene: Int32(scene), number: scene) }
            hold.letGo()

            for stream in streams {
                let lines = await stream.chunk()
                #expect(lines.count { $0 == "event: scene" } == 5)
                #expect(lines.count { $0.hasPrefix("id: ") } == 1)
            }
        }
    }

    @Test func `of the states that a scene had in one turn the last leaves`() async throws {
        try await withStreams(2) { streams, other in
            other.send("h")
            await hold.taken()
            for number in 1...5 { save("u\(number)", scene: 1, number: number) }
            hold.letGo()

            for stream in streams {
                let data = await stream.chunk().filter { $0.hasPrefix("data: ") }
                #expect(data.count == 1 && data.first?.contains("\"u5\"") == true)
            }
        }

        let replaced = hub.counters.coalesced.load(ordering: .relaxed)
        #expect(replaced == 2 * 4)
    }

    @Test func `what comes alone waits for nothing`() async throws {
        try await withStreams(1) { streams, _ in
            for number in 1...5 {
                save("u\(number)", scene: 1, number: number)
                let lines = await streams.first?.chunk() ?? []
                #expect(lines.contains { $0.contains("\"u\(number)\"") })
            }
        }
    }

    /// Has streams of the project, which have begun, and a connection that bears none.
    private func withStreams(_ count: Int, _ act: ([Client], Client) async throws -> Void) async throws {
        try await cache.know(id, Self.document)
        let subscriptions = [UInt8(ascii: "1"): Subscription.project(id, StreamRequest(), nil)]
        let socket = try ListeningSocket.open(host: "127.0.0.1", port: 0)
        async let served: Void = hub.serve(socket, cache: cache, rules: ConnectionRules()) { [hold] in
            StubDesk(subscriptions, hold: hold)
        }
        let other = try Client(port: socket.port)
        let streams = try (0..<count).map { _ in try Client(port: socket.port) }
        for stream in streams {
            stream.send("1")
            #expect(await stream.line() == "a stream")
            #expect(await stream.chunk().contains("event: ready"))
        }

        try await act(streams, other)

        for client in streams + [other] { client.close() }
        hub.drain(retry: .zero ... .zero)
        try await served
    }

    /// A change by itself.
    private func save(_ url: String, scene: Int32, number: Int) {
        let image = Image(place: Place(scene: scene, image: 0), url: ImageURL(url))
        let change = Change(
            operation: .insert, project: id, xid: UInt64(10 + number), n: Int64(number),
            effect: .images(set: [image], gone: [], lost: [:]))
        cache.apply([change], now: .now)
    }
}
