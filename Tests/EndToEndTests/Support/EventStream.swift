/// One connection to an event stream. It reads when it is asked for an event, so a reader that asks for none is one
/// that does not read. For one reader at a time.
actor EventStream {
    nonisolated let head: HTTPHead
    /// The body, without its chunks, from the beginning; kept only where that was asked for.
    private(set) var raw: [UInt8] = []
    private var connection: HTTPConnection?
    private var parser: ServerSentEventParser
    private var pending: [ServerSentEvent] = []
    private var taken = 0
    private var left_bytes: Int?
    private let isRecorded: Bool

    private init(
        _ connection: HTTPConnection, _ head: HTTPHead, lastEventID: String, isRecorded: Bool, cutAfter: Int?
    ) {
        self.connection = connection
        self.head = head
        self.isRecorded = isRecorded
        left_bytes = cutAfter
        parser = ServerSentEventParser(lastEventID: lastEventID)
    }

    /// Throws `RefusedStream` for any answer but 200. A small `receiveBuffer` makes a slow reader slow for the daemon,
    /// too. With `cutAfter` the stream ends after so many bytes of its body.
    static func open(
        port: Int, _ target: String, lastEventID: String? = nil, headers: [String: String] = [:],
        receiveBuffer: Int32? = nil, isRecorded: Bool = false, cutAfter: Int? = nil,
        within limit: Duration = .seconds(10)
    ) async throws -> EventStream {
        let deadline = ContinuousClock.now + limit
        let connection = try await HTTPConnection.open(port: port, receiveBuffer: receiveBuffer)
        var fields = ["Accept": "text/event-stream", "Cache-Control": "no-cache"]
        fields["Last-Event-ID"] = lastEventID
        fields.merge(Way.current.headers) { _, ways in ways }
        fields.merge(headers) { _, given in given }
        try await connection.send(HTTPClient.bytes("GET", target, fields, nil))
        guard let head = try await connection.readHead(until: deadline) else {
            throw TransportError.closed("no answer")
        }
        guard head.status == 200 else { throw RefusedStream(head: head) }
        return EventStream(
            connection, head, lastEventID: lastEventID ?? "", isRecorded: isRecorded, cutAfter: cutAfter)
    }

    var lastEventID: String { parser.lastEventID }
    var retry_milliseconds: Int? { parser.retry_milliseconds }
    var comments: Int { parser.comments }

    /// The next event; nil at the end of the stream, whoever ended it. Throws `TransportError.timedOut`.
    func next(within limit: Duration = .seconds(10)) async throws -> ServerSentEvent? {
        let deadline = ContinuousClock.now + limit
        while true {
            if taken < pending.count {
                defer { taken += 1 }
                return pending[taken]
            }
            guard try await read(until: deadline) else { return nil }
        }
    }

    /// The next event of this name, others being passed over; nil at the end of the stream.
    func nextEvent(named name: String, within limit: Duration = .seconds(10)) async throws -> ServerSentEvent? {
        let deadline = ContinuousClock.now + limit
        while let event = try await next(within: deadline - .now) {
            if event.event == name { return event }
        }
        return nil
    }

    /// The events up to and with the first of this name.
    func events(through name: String, within limit: Duration = .seconds(10)) async throws -> [ServerSentEvent] {
        let deadline = ContinuousClock.now + limit
        var events: [ServerSentEvent] = []
        while let event = try await next(within: deadline - .now) {
            events.append(event)
            if event.event == name { break }
        }
        return events
    }

    /// Waits for the end of the stream; events that come before it are passed over.
    func waitForEnd(within limit: Duration = .seconds(10)) async throws {
        let deadline = ContinuousClock.now + limit
        while try await next(within: deadline - .now) != nil {}
    }

    /// Waits for `count` comments in all, which heartbeats are.
    func waitForComments(_ count: Int, within limit: Duration = .seconds(10)) async throws {
        let deadline = ContinuousClock.now + limit
        while parser.comments < count, try await read(until: deadline) {}
    }

    /// Closes the connection; what was not yet taken is gone.
    func cut() {
        connection = nil
        pending = []
        taken = 0
    }

    /// As if its cable had been pulled out.
    func vanish() async {
        await connection?.vanish()
    }

    private func read(until deadline: ContinuousClock.Instant) async throws -> Bool {
        guard let connection else { return false }
        let isChunked = head["Transfer-Encoding"]?.lowercased() == "chunked"
        var bytes =
            isChunked ? try await connection.readChunk(until: deadline) : try await connection.read(until: deadline)
        if let left_bytes {
            bytes = Array(bytes.prefix(left_bytes))
            self.left_bytes = left_bytes - bytes.count
        }
        if isRecorded { raw += bytes }
        pending.removeFirst(taken)
        taken = 0
        pending += parser.read(bytes)
        if bytes.isEmpty || left_bytes == 0 { self.connection = nil }
        return !bytes.isEmpty
    }
}

/// The daemon answered a request for a stream with another status than 200, which an `EventSource` takes for final.
struct RefusedStream: Error {
    let head: HTTPHead
}
