import Synchronization

/// Asks one daemon; as many connections as there are requests at one time, kept for the next ones.
final class HTTPClient: Sendable {
    let port: Int
    private let idle = Mutex<[HTTPConnection]>([])

    init(port: Int) {
        self.port = port
    }

    func get(
        _ target: String, _ headers: [String: String] = [:], within limit: Duration = .seconds(10)
    ) async throws -> HTTPAnswer {
        try await request("GET", target, headers, within: limit)
    }

    func head(
        _ target: String, _ headers: [String: String] = [:], within limit: Duration = .seconds(10)
    ) async throws -> HTTPAnswer {
        try await request("HEAD", target, headers, within: limit)
    }

    func request(
        _ method: String, _ target: String, _ headers: [String: String] = [:], body: [UInt8]? = nil,
        within limit: Duration = .seconds(10)
    ) async throws -> HTTPAnswer {
        let deadline = ContinuousClock.now + limit
        let bytes = Self.bytes(method, target, headers, body)
        // A connection that the daemon has closed meanwhile ends before the answer's first byte.
        while let connection = idle.withLock({ $0.popLast() }) {
            do {
                if let answer = try await exchange(method, bytes, over: connection, until: deadline) { return answer }
            } catch TransportError.closed {
                continue
            }
        }
        let connection = try await HTTPConnection.open(port: port)
        guard let answer = try await exchange(method, bytes, over: connection, until: deadline) else {
            throw TransportError.closed("no answer")
        }
        return answer
    }

    /// All requests at once over one new connection; the answers as they come.
    func pipeline(
        _ requests: [(method: String, target: String)], within limit: Duration = .seconds(10)
    ) async throws -> [HTTPAnswer] {
        let connection = try await HTTPConnection.open(port: port)
        try await connection.send(requests.flatMap { Self.bytes($0.method, $0.target, [:], nil) })
        var answers: [HTTPAnswer] = []
        for request in requests {
            guard let answer = try await connection.readAnswer(to: request.method, until: .now + limit) else { break }
            answers.append(answer)
        }
        return answers
    }

    static func bytes(_ method: String, _ target: String, _ headers: [String: String], _ body: [UInt8]?) -> [UInt8] {
        var fields = headers
        if fields["Host"] == nil { fields["Host"] = "127.0.0.1" }
        if let body { fields["Content-Length"] = String(body.count) }
        let lines = fields.map { "\($0.key): \($0.value)\r\n" }.joined()
        return Array("\(method) \(target) HTTP/1.1\r\n\(lines)\r\n".utf8) + (body ?? [])
    }

    private func exchange(
        _ method: String, _ bytes: [UInt8], over connection: HTTPConnection, until deadline: ContinuousClock.Instant
    ) async throws -> HTTPAnswer? {
        try await connection.send(bytes)
        let answer = try await connection.readAnswer(to: method, until: deadline)
        if let answer, answer["Connection"]?.lowercased() != "close" { idle.withLock { $0.append(connection) } }
        return answer
    }
}
