/// A browser on one project: its stream, and what it has built from it.
struct Viewer {
    private(set) var stream: EventStream
    private(set) var mirror: ProjectMirror
    /// As of the last event taken: the stream itself may have read further.
    private(set) var lastEventID: String
    let port: Int
    let target: String

    /// `query` as in `?scene_index=1`.
    static func open(
        _ project: String, at port: Int, query: String = "", lastEventID: String? = nil,
        headers: [String: String] = [:], receiveBuffer: Int32? = nil
    ) async throws -> Viewer {
        let target = "/v1/projects/\(project)/events\(query)"
        let stream = try await EventStream.open(
            port: port, target, lastEventID: lastEventID, headers: headers, receiveBuffer: receiveBuffer)
        let mirror = ProjectMirror(of: project, isWhole: !query.contains("scene_index"))
        return Viewer(
            stream: stream, mirror: mirror, lastEventID: lastEventID ?? "", port: port, target: target)
    }

    /// The next event, which is already part of the mirror.
    @discardableResult
    mutating func next(within limit: Duration = .seconds(10)) async throws -> ServerSentEvent {
        guard let event = try await stream.next(within: limit) else { throw TransportError.closed("the stream's end") }
        try mirror.apply(event)
        lastEventID = event.lastEventID
        return event
    }

    /// The events up to and with the first of this name.
    @discardableResult
    mutating func read(through name: String, within limit: Duration = .seconds(10)) async throws -> [ServerSentEvent] {
        let deadline = ContinuousClock.now + limit
        var events: [ServerSentEvent] = []
        while events.last?.event != name { events.append(try await next(within: deadline - .now)) }
        return events
    }

    /// Reads until what it has built is this.
    mutating func read(to output: String?, within limit: Duration = .seconds(10)) async throws {
        let deadline = ContinuousClock.now + limit
        while mirror.generatedOutput != output { try await next(within: deadline - .now) }
    }

    /// Reads until an event bears this revision: cheaper than the whole text where there is much to read.
    mutating func read(toRevision revision: String, within limit: Duration = .seconds(10)) async throws {
        let deadline = ContinuousClock.now + limit
        while lastEventID != revision { try await next(within: deadline - .now) }
    }

    /// Cuts the connection and opens another with the last event id, as a browser does.
    mutating func reconnect(to other: Int? = nil, headers: [String: String] = [:]) async throws {
        await stream.cut()
        mirror.connect()
        stream = try await EventStream.open(
            port: other ?? port, target, lastEventID: lastEventID.isEmpty ? nil : lastEventID, headers: headers)
    }
}

extension [ServerSentEvent] {
    var names: [String] { map(\.event) }
}
