import Dispatch
import Glibc

/// Sockets that a thread of their own waits for: what measures a crowd must not itself be kept waiting by one.
final class OnlookerSockets: Sendable {
    private static let most_milliseconds: Int32 = 30_000

    private let sockets: [Descriptor]
    private let thread = DispatchQueue(label: "onlookers")

    private init(_ sockets: [Descriptor]) {
        self.sockets = sockets
    }

    /// Streams that are ready.
    static func open(_ count: Int, _ target: String, on stage: Stage) async throws -> OnlookerSockets {
        let request = HTTPClient.bytes("GET", target, ["Accept": "text/event-stream"], nil)
        var sockets: [Descriptor] = []
        for _ in 0..<count {
            let socket = try await HTTPConnection.connect(port: stage.daemon.port)
            try await socket.write(request, until: .now + .seconds(10))
            sockets.append(socket)
        }
        let readers = OnlookerSockets(sockets)
        _ = try await readers.times(until: "event: ready")
        return readers
    }

    /// How long from now each one takes until it has read `word`.
    func times(until word: String) async throws -> [Duration] {
        let begin = ContinuousClock.now
        return try await withCheckedThrowingContinuation { continuation in
            thread.async { continuation.resume(with: Result { try self.wait(for: word).map { $0 - begin } }) }
        }
    }

    private func wait(for word: String) throws -> [ContinuousClock.Instant] {
        var polled = sockets.map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
        var bytes = [CChar](repeating: 0, count: 65_536)
        var instants: [ContinuousClock.Instant] = []
        while instants.count < sockets.count {
            guard poll(&polled, nfds_t(polled.count), Self.most_milliseconds) > 0 else { throw TransportError.timedOut }
            for index in polled.indices where polled[index].revents != 0 {
                let count = recv(polled[index].fd, &bytes, bytes.count - 1, 0)
                guard count > 0 else { throw TransportError.closed("an onlooker's stream") }
                bytes[count] = 0
                guard strstr(bytes, word) != nil else { continue }
                instants.append(.now)
                // Not waited for any more.
                polled[index].fd = -1
            }
        }
        return instants
    }
}
