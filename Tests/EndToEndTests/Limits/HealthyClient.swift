import Dispatch
import Glibc

/// Asks again and again, each time as a newcomer, on a thread of its own.
///
/// Each request has its time, and what it takes counts from then on: a server that stands still keeps all those waiting
/// whose time has come, not the one alone that is under way.
struct HealthyClient {
    private static let requests = 2_000
    private static let pause = Duration.milliseconds(2)

    private let thread = DispatchQueue(label: "healthy client")
    private let request: String
    private let port: Int

    init(_ target: String, of port: Int) {
        request = "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        self.port = port
    }

    /// Within which time 99 of 100 requests were answered.
    func p99() async throws -> Duration {
        let times = try await withCheckedThrowingContinuation { continuation in
            thread.async {
                let begin = ContinuousClock.now
                continuation.resume(
                    with: Result { try (0..<Self.requests).map { try time(from: begin + Self.pause * $0) } })
            }
        }
        return times.sorted()[Self.requests * 99 / 100]
    }

    private func time(from start: ContinuousClock.Instant) throws -> Duration {
        let early = start - .now
        if early > .zero { usleep(UInt32(early / .microseconds(1))) }
        let socket = BlockingSocket(port: port)
        socket.send(request)
        let answer = socket.readAll()
        let end = ContinuousClock.now
        guard answer.starts(with: Array("HTTP/1.1 200".utf8)) else {
            throw TransportError.malformed(String(decoding: answer, as: UTF8.self))
        }
        return end - start
    }
}
