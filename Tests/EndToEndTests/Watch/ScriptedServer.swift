import Glibc

/// A server that gives connections, one after the other, the answers of a script, and keeps their requests.
actor ScriptedServer {
    let port: Int
    private let socket: Descriptor

    init() throws {
        let number = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard number >= 0 else { throw TransportError.closed("no socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, length) == 0 && listen(number, 8) == 0 && getsockname(number, $0, &length) == 0
            }
        }
        guard bound else { throw TransportError.closed("no address") }
        port = Int(UInt16(bigEndian: address.sin_port))
        socket = Descriptor(number)
    }

    /// Takes the next connection, answers it, closes it, and returns the request's head.
    func answer(_ text: String, within limit: Duration = .seconds(20)) async throws -> String {
        let deadline = ContinuousClock.now + limit
        guard await Reactor.shared.wait(socket.number, .toRead, until: deadline) else { throw TransportError.timedOut }
        let number = accept(socket.number, nil, nil)
        guard number >= 0 else { throw TransportError.closed("nobody") }
        let connection = Descriptor(number)
        var head = ""
        while !head.contains("\r\n\r\n") {
            let bytes = try await connection.read(until: deadline)
            if bytes.isEmpty { break }
            head += String(decoding: bytes, as: UTF8.self)
        }
        try await connection.write(Array(text.utf8), until: deadline)
        return head
    }

    /// A stream that ends with its text.
    static func stream(_ text: String) -> String {
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n\(text)"
    }

    static func refusal(_ status: String, _ detail: String) -> String {
        let body = "{\"detail\": \"\(detail)\"}"
        return "HTTP/1.1 \(status)\r\nContent-Type: application/problem+json\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Connection: close\r\n\r\n\(body)"
    }
}
