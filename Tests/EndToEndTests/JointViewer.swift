/// A browser on a joint stream, and what it has built of each project.
struct JointViewer {
    private(set) var stream: EventStream
    private(set) var mirrors: [String: ProjectMirror]
    private(set) var lastEventID: String
    private let target: String

    static func open(
        _ projects: [String], port: Int, lastEventID: String? = nil, receiveBuffer: Int32? = nil
    ) async throws -> JointViewer {
        let target = "/v1/events?" + projects.map { "project=\($0)" }.joined(separator: "&")
        let stream = try await EventStream.open(
            port: port, target, lastEventID: lastEventID, receiveBuffer: receiveBuffer)
        let known = Set(projects.map { $0.lowercased() })
        return JointViewer(
            stream: stream, mirrors: Dictionary(uniqueKeysWithValues: known.map { ($0, ProjectMirror(of: $0)) }),
            lastEventID: lastEventID ?? "", target: target)
    }

    /// The next event, which is already part of the mirrors. `isWithout`: of a client that has forgotten what it had.
    @discardableResult
    mutating func next(within limit: Duration = .seconds(10), isWithout: Bool = false) async throws -> ServerSentEvent {
        guard let event = try await stream.next(within: limit) else { throw TransportError.closed("the stream's end") }
        lastEventID = event.lastEventID
        guard !isWithout else { return event }
        let data = try JSONReader.read(event.data)
        // On a stream of its own the project's events would bear its revision.
        let id = event.id == nil ? nil : data["revision"]?.plainString
        let own = ServerSentEvent(
            event: event.event, id: id, lastEventID: "", data: event.data, retry_milliseconds: nil)
        if let project = Self.project(of: data) {
            try mirrors[project]?.apply(own)
        } else {
            for project in mirrors.keys where mirrors[project]?.isDeleted == false { try mirrors[project]?.apply(own) }
        }
        return event
    }

    @discardableResult
    mutating func read(count: Int, isWithout: Bool = false) async throws -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for _ in 0..<count { events.append(try await next(isWithout: isWithout)) }
        return events
    }

    mutating func reconnect(to port: Int) async throws {
        await stream.cut()
        for project in mirrors.keys { mirrors[project]?.connect() }
        stream = try await EventStream.open(port: port, target, lastEventID: lastEventID)
    }

    /// Which of the projects an event is of.
    func number(of event: ServerSentEvent, in projects: [String]) -> Int {
        (try? JSONReader.read(event.data)).flatMap { Self.project(of: $0) }.flatMap { projects.firstIndex(of: $0) }
            ?? -1
    }

    private static func project(of data: JSONNode) -> String? {
        (data["project_id"] ?? data["project"]?["id"])?.plainString
    }
}
