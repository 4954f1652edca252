import Dispatch

/// Asks again and again, each time as a newcomer, on a thread of its own.
struct HealthyClient {
    private static let requests = 2_000

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
            thread.async { continuation.resume(with: Result { try (0..<Self.requests).map { _ in try time() } }) }
        }
        return times.sorted()[Self.requests * 99 / 100]
    }

    private func time() throws -> Duration {
        let start = ContinuousClock.now
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
