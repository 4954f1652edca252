/// Says what no proper client would, over a connection of its own.
struct RawClient {
    let connection: HTTPConnection

    /// By the channel's way, a first request, which the front does not judge, has been answered already.
    static func open(_ daemon: DaemonProcess, by way: Way) async throws -> RawClient {
        let connection = try await HTTPConnection.open(port: daemon.port)
        if way == .channel {
            try await connection.send(HTTPClient.bytes("GET", "/healthz", way.headers, nil))
            _ = try await connection.readAnswer(to: "GET", until: .now + .seconds(10))
        }
        return RawClient(connection: connection)
    }

    /// The statuses of all answers, up to the end of the connection; nil if it does not end in time.
    func statuses(within limit: Duration = .seconds(9)) async throws -> [Int]? {
        let deadline = ContinuousClock.now + limit
        var statuses: [Int] = []
        do {
            while let answer = try await connection.readAnswer(to: "GET", until: deadline) {
                statuses.append(answer.status)
            }
        } catch TransportError.timedOut {
            return nil
        }
        return statuses
    }
}
