import Glibc

/// One connection to the daemon, and what has been read from it ahead.
actor HTTPConnection {
    private let socket: Descriptor
    private var buffer: [UInt8] = []
    private var start = 0
    private var hasEnded = false

    private init(_ socket: Descriptor) {
        self.socket = socket
    }

    /// `receiveBuffer` in bytes is what the kernel takes while we do not read; the kernel doubles it.
    static func open(port: Int, receiveBuffer: Int32? = nil) async throws -> HTTPConnection {
        HTTPConnection(try await connect(port: port, receiveBuffer: receiveBuffer))
    }

    /// Its socket alone.
    static func connect(port: Int, receiveBuffer: Int32? = nil) async throws -> Descriptor {
        let number = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard number >= 0 else { throw TransportError.closed(String(cString: strerror(errno))) }
        let socket = Descriptor(number)
        if var receiveBuffer {
            setsockopt(number, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        var one: Int32 = 1
        setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 || errno == EINPROGRESS else {
            throw TransportError.closed(String(cString: strerror(errno)))
        }
        guard await Reactor.shared.wait(number, .toWrite, until: .now + .seconds(10)) else {
            try Task.checkCancellation()
            throw TransportError.timedOut
        }
        var failure: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(number, SOL_SOCKET, SO_ERROR, &failure, &size)
        guard failure == 0 else { throw TransportError.closed(String(cString: strerror(failure))) }
        return socket
    }

    func send(_ bytes: [UInt8], within limit: Duration = .seconds(10)) async throws {
        try await socket.write(bytes, until: .now + limit)
    }

    /// To the daemon it looks as if the client had finished sending.
    func finishSending() {
        shutdown(socket.number, Int32(SHUT_WR))
    }

    /// As if its cable had been pulled out.
    func vanish() {
        Descriptor.deafen(socket.number)
    }

    /// At least one byte; empty at the end.
    func read(atMost limit: Int = 65_536, until deadline: ContinuousClock.Instant) async throws -> [UInt8] {
        if start == buffer.count { try await fill(until: deadline, limit) }
        let taken = Array(buffer[start..<min(buffer.count, start + limit)])
        start += taken.count
        return taken
    }

    func read(exactly count: Int, until deadline: ContinuousClock.Instant) async throws -> [UInt8] {
        while buffer.count - start < count {
            guard !hasEnded else { throw TransportError.closed("the answer is cut off") }
            try await fill(until: deadline)
        }
        defer { start += count }
        return Array(buffer[start..<start + count])
    }

    /// Up to and with `end`; nil if the connection ends before its first byte.
    func read(through end: String, until deadline: ContinuousClock.Instant) async throws -> [UInt8]? {
        guard let count = try await find(end, until: deadline) else { return nil }
        return try await read(exactly: count, until: deadline)
    }

    func readHead(until deadline: ContinuousClock.Instant) async throws -> HTTPHead? {
        try await read(through: "\r\n\r\n", until: deadline).map { try HTTPHead($0) }
    }

    func readAnswer(to method: String, until deadline: ContinuousClock.Instant) async throws -> HTTPAnswer? {
        guard let head = try await readHead(until: deadline) else { return nil }
        if method == "HEAD" || head.status == 204 || head.status == 304 { return HTTPAnswer(head: head, body: []) }
        var body: [UInt8] = []
        if head["Transfer-Encoding"]?.lowercased() == "chunked" {
            while case let chunk = try await readChunk(until: deadline), !chunk.isEmpty { body += chunk }
        } else if let length = head["Content-Length"] {
            guard let count = Int(length) else { throw TransportError.malformed("Content-Length: \(length)") }
            body = try await read(exactly: count, until: deadline)
        } else {
            while case let more = try await read(until: deadline), !more.isEmpty { body += more }
        }
        return HTTPAnswer(head: head, body: body)
    }

    /// The contents of the next chunk; empty for the last one. Takes all of it or, when the deadline comes first, nothing.
    func readChunk(until deadline: ContinuousClock.Instant) async throws -> [UInt8] {
        guard let line = try await find("\r\n", until: deadline) else {
            throw TransportError.closed("no last chunk")
        }
        let digits = String(decoding: buffer[start..<start + line - 2], as: UTF8.self)
        guard let size = Int(digits, radix: 16) else { throw TransportError.malformed("chunk size \(digits)") }
        let whole = try await read(exactly: line + size + 2, until: deadline)
        guard whole.suffix(2) == Array("\r\n".utf8) else { throw TransportError.malformed("no CRLF after a chunk") }
        return Array(whole[line..<line + size])
    }

    /// How many bytes there are up to and with `end`; nil if the connection ends before its first byte.
    private func find(_ end: String, until deadline: ContinuousClock.Instant) async throws -> Int? {
        let end = Array(end.utf8)
        var searched = 0
        while true {
            if let found = buffer[(start + searched)...].firstRange(of: end) { return found.upperBound - start }
            if hasEnded {
                guard start == buffer.count else { throw TransportError.closed("the answer is cut off") }
                return nil
            }
            searched = max(0, buffer.count - start - end.count + 1)
            try await fill(until: deadline)
        }
    }

    private func fill(until deadline: ContinuousClock.Instant, _ limit: Int = 65_536) async throws {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        let more = try await socket.read(atMost: limit, until: deadline)
        if more.isEmpty { hasEnded = true }
        buffer += more
    }
}
